"""The sessions of the project; `nox -l` lists them."""

from __future__ import annotations

from pathlib import Path

import nox

nox.options.default_venv_backend = "uv|virtualenv"
nox.options.reuse_existing_virtualenvs = True
nox.options.sessions = ["build"]

# Bytecode compiled once at installation halves the start of every notebook's kernel.
COMPILED = {"UV_COMPILE_BYTECODE": "1", "PYTHONDONTWRITEBYTECODE": ""}


def _install(session: nox.Session, lock: str) -> None:
    """Install exactly the locked packages, and Casebook itself from this folder."""
    session.install("--require-hashes", "-r", f"locks/{lock}.txt", env=COMPILED)
    session.install("--no-deps", "-e", ".", env=COMPILED)


@nox.session
def build(session: nox.Session) -> None:
    """Build both deliverables at both levels; options after -- narrow it, such as `--edition D1.2 --level PU`."""
    _install(session, "cluster" if {"--cluster", "--workers"} & set(session.posargs) else "run")
    session.run("casebook", "build", *session.posargs)


@nox.session
def check(session: nox.Session) -> None:
    """Refuse everything that can be refused without running a notebook; writes nothing."""
    _install(session, "run")
    session.run("casebook", "check")


@nox.session
def tests(session: nox.Session) -> None:
    """Run the unit tests; options after -- go to pytest."""
    _install(session, "test")
    # By file, so that what the tests of a file share is made once.
    session.run("pytest", "-n", "auto", "--dist", "loadfile", *session.posargs)


@nox.session
def slow(session: nox.Session) -> None:
    """Run the tests that build books, or larger studies."""
    _install(session, "test")
    session.run("pytest", "-m", "slow", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """Read the built sites in a real browser; skipped, with the reason, where there is no Chromium or no site."""
    _install(session, "test")
    # By test, since a few take as long as all the others.
    session.run("pytest", "-m", "slow", "-n", "2", "--dist", "worksteal", "tests/browser", *session.posargs)


@nox.session(name="pdf-check")
def pdf_check(session: nox.Session) -> None:
    """Let veraPDF look at every PDF of the sites: PDF/UA-1 and PDF/A-3a; two minutes for four books."""
    session.install("--require-hashes", "-r", "locks/pdf-check.txt")
    pdfs = sorted(str(path) for path in Path("_build").glob("*/D*/*/*.pdf"))
    session.run("python", "tests/verapdf_run.py", *(session.posargs or pdfs))


@nox.session
def lint(session: nox.Session) -> None:
    """Check style, types and the rules of the house."""
    _install(session, "lint")
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("mypy", "src", "tests", "benchmarks", "docs/pictures.py", "docs/book_pictures.py", "noxfile.py")
    session.run("pytest", "-q", "tests/test_house.py")


@nox.session
def explore(session: nox.Session) -> None:
    """Open JupyterLab on the coded data of a crime and country: nox -s explore -- OG ES."""
    _install(session, "explore")
    session.run("casebook", "explore", *session.posargs)


@nox.session
def preview(session: nox.Session) -> None:
    """Serve the sites on this machine and rebuild what a saved file touches."""
    _install(session, "run")
    session.run("casebook", "preview", *session.posargs)


@nox.session(name="add-country")
def add_country(session: nox.Session) -> None:
    """Add a partner's coded interviews: nox -s add-country -- PT FILES; options after -- go to casebook add-country."""
    _install(session, "run")
    session.run("casebook", "add-country", *session.posargs)


@nox.session
def release(session: nox.Session) -> None:
    """Release an edition, for good: nox -s release -- D1.2; with --rehearse say only what stands against it."""
    _install(session, "run")
    session.run("casebook", "release", *session.posargs)


@nox.session
def reproduce(session: nox.Session) -> None:
    """Build a released edition again from its archive alone, and compare all bytes: nox -s reproduce -- D1.2."""
    _install(session, "run")
    session.run("casebook", "reproduce", *session.posargs)


@nox.session
def quality(session: nox.Session) -> None:
    """Measure what this project claims of itself and write the quality annex; --builds also compares a second build."""
    _install(session, "lint")
    session.run("casebook", "quality", *session.posargs)


@nox.session
def pictures(session: nox.Session) -> None:
    """Make the pictures of docs/ anew; needs LibreOffice, Chromium, poppler and the built site."""
    _install(session, "test")
    session.run("python", "docs/pictures.py", env={"PYTHONPATH": "tests"})
    session.run("python", "docs/book_pictures.py")


@nox.session
def bench(session: nox.Session) -> None:
    """Time builds, runs and the alternatives to Casebook; options after -- go to benchmarks/stages.py alone."""
    _install(session, "run")
    if session.posargs:
        session.run("python", "benchmarks/stages.py", *session.posargs)
        return
    Path("_build/benchmarks").mkdir(parents=True, exist_ok=True)
    for name in ("checking", "kernels", "stages"):
        session.run("python", f"benchmarks/{name}.py", "--out", f"_build/benchmarks/{name}.json")
    session.run("python", "benchmarks/side_by_side.py", "--out", "_build/benchmarks")


@nox.session
def synthesise(session: nox.Session) -> None:
    """Make the synthetic study anew, from its seed."""
    _install(session, "run")
    session.run("casebook", "synthesise", *session.posargs)


@nox.session(venv_backend="none")
def lock(session: nox.Session) -> None:
    """Lock all packages with hashes and without index addresses."""
    extras = {
        "run": (),
        "cluster": ("cluster",),
        "test": ("cluster", "test"),
        "lint": ("cluster", "test", "lint"),
        "explore": ("explore",),
    }
    asked = {name: ["pyproject.toml", *(f"--extra={extra}" for extra in chosen)] for name, chosen in extras.items()}
    # The one environment without Casebook.
    asked["pdf-check"] = ["--group=pdf-check"]
    for name, options in asked.items():
        command = "uv pip compile --quiet --universal --generate-hashes --no-emit-index-url --no-header"
        session.run(*command.split(), "--python-version=3.11", *options, f"-o=locks/{name}.txt", external=True)
