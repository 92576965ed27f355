/* What a page does for its reader: other editions, large figures, meanings of terms, a citation to copy.
   Without it every control is a plain link or is not shown. */
(function () {
  "use strict";

  function make(tag, properties, parent) {
    var element = Object.assign(document.createElement(tag), properties);
    if (parent) { parent.appendChild(element); }
    return element;
  }

  /* Editions: the list belongs to the site, so that the pages of an edition never change when a later one appears. */
  function offerEditions() {
    var switcher = document.querySelector(".casebook-switcher");
    var editions = window.CASEBOOK_EDITIONS || [];
    if (!switcher || !editions.length) { return; }
    var here = editions.find(function (edition) { return edition.address === switcher.dataset.here; });
    editions.forEach(function (edition) {
      var item = make("li", {}, switcher.querySelector("ul"));
      var link = make("a", { href: addressIn(edition, switcher.dataset), textContent: edition.title }, item);
      if (edition === here) { link.setAttribute("aria-current", "true"); }
      make("span", { textContent: edition.date + (edition.superseded_by ? ", superseded" : "") }, item);
    });
    switcher.hidden = false;
    closeWithEscape(switcher);
    warnOfSuperseded(here, editions, switcher.dataset);
  }

  /* The same page of another edition where it has one, else its first page. */
  function addressIn(edition, place) {
    var page = edition.pages.indexOf(place.page) < 0 ? "index.html" : place.page;
    return place.root + edition.address + "/" + page;
  }

  function warnOfSuperseded(here, editions, place) {
    var next = here && editions.find(function (edition) { return edition.address === here.superseded_by; });
    var article = document.querySelector("article.bd-article, .bd-search-container");
    if (!next || !article) { return; }
    var note = make("p", { className: "casebook-superseded" });
    note.setAttribute("role", "note");
    note.append("This edition has been superseded by ");
    make("a", { href: addressIn(next, place), textContent: next.title }, note);
    note.append(" of " + next.date + ".");
    article.before(note);
  }

  function closeWithEscape(details) {
    details.addEventListener("keydown", function (event) {
      if (event.key === "Escape" && details.open) {
        details.open = false;
        details.querySelector("summary").focus();
      }
    });
    document.addEventListener("click", function (event) {
      if (!details.contains(event.target)) { details.open = false; }
    });
  }

  /* A figure as large as the window; Escape, the button or a click beside it leads back to where the reader was. */
  function enlargeFigures() {
    var links = document.querySelectorAll("figure .image-reference, a.casebook-large");
    if (!links.length) { return; }
    var dialog = make("dialog", { className: "casebook-large-figure" }, document.body);
    dialog.setAttribute("aria-label", "Large figure");
    var close = make("button", { type: "button", className: "casebook-button", textContent: "Close" }, dialog);
    var image = make("img", { alt: "" }, dialog);
    var caption = make("p", {}, dialog);
    close.addEventListener("click", function () { dialog.close(); });
    dialog.addEventListener("click", function (event) { if (event.target === dialog) { dialog.close(); } });
    links.forEach(function (link) {
      link.addEventListener("click", function (event) {
        if (event.ctrlKey || event.metaKey || event.shiftKey || event.button) { return; }
        event.preventDefault();
        var figure = link.closest("figure");
        var shown = figure.querySelector("img");
        image.src = shown.src;
        image.alt = shown.alt;
        caption.textContent = figure.querySelector(".caption-number").textContent +
          figure.querySelector(".caption-text").textContent;
        dialog.showModal();
      });
    });
  }

  /* The meaning of a term beside it, on hover and on focus; it stays while the pointer is on it (WCAG 2.1, 1.4.13). */
  function explainTerms() {
    var meaning = make("span", { id: "casebook-meaning", className: "casebook-meaning", hidden: true }, document.body);
    var shownFor = null;
    meaning.setAttribute("role", "tooltip");
    function show(link) {
      var place = link.getBoundingClientRect();
      meaning.textContent = link.dataset.meaning;
      meaning.hidden = false;
      var room = document.documentElement.clientWidth - meaning.offsetWidth - 12;
      meaning.style.left = window.scrollX + Math.max(12, Math.min(place.left, room)) + "px";
      meaning.style.top = window.scrollY + place.bottom + "px";
      link.setAttribute("aria-describedby", meaning.id);
      shownFor = link;
    }
    function hide() {
      if (shownFor) { shownFor.removeAttribute("aria-describedby"); }
      meaning.hidden = true;
      shownFor = null;
    }
    function hideUnlessEntered() {
      window.setTimeout(function () {
        var within = shownFor && (shownFor.matches(":hover, :focus") || meaning.matches(":hover"));
        if (!within) { hide(); }
      }, 120);
    }
    document.querySelectorAll("a.casebook-term").forEach(function (link) {
      ["mouseenter", "focus"].forEach(function (name) { link.addEventListener(name, function () { show(link); }); });
      ["mouseleave", "blur"].forEach(function (name) { link.addEventListener(name, hideUnlessEntered); });
    });
    meaning.addEventListener("mouseleave", hideUnlessEntered);
    document.addEventListener("keydown", function (event) { if (event.key === "Escape") { hide(); } });
  }

  function offerCitation() {
    var cite = document.querySelector(".casebook-cite");
    if (!cite) { return; }
    var address = cite.querySelector(".casebook-cite__address");
    /* Opened from a disk, the address is one of the reader's own machine and belongs into no citation. */
    if (window.location.protocol.indexOf("http") === 0) {
      address.textContent = window.location.origin + window.location.pathname;
    }
    var button = cite.querySelector("button");
    if (!navigator.clipboard) { return; }
    button.hidden = false;
    button.addEventListener("click", function () {
      var text = cite.querySelector(".casebook-cite__text").textContent.replace(/\s+/g, " ").trim();
      navigator.clipboard.writeText(text).then(function () {
        cite.querySelector(".casebook-cite__done").textContent = "Copied.";
      });
    });
  }

  /* What scrolls sideways on a phone can be reached by the keyboard (WCAG 2.1, 2.1.1); its size is known once all has come. */
  function reachScrollers() {
    document.querySelectorAll(".cell_output").forEach(function (output) {
      if (output.scrollWidth > output.clientWidth) { output.tabIndex = 0; }
    });
  }

  window.addEventListener("load", reachScrollers);
  document.addEventListener("DOMContentLoaded", function () {
    offerEditions();
    enlargeFigures();
    explainTerms();
    offerCitation();
  });
})();
