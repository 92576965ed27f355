/* Receipts: what a number or a quantifier rests on, in a card that opens at it. Without this script the text is whole. */
document.addEventListener("DOMContentLoaded", function () {
  "use strict";
  var root = document.documentElement.dataset.content_root || "./";
  var page = typeof DOCUMENTATION_OPTIONS === "undefined" ? "" : DOCUMENTATION_OPTIONS.pagename;
  var claims = document.querySelectorAll("span.claim, span.shown");
  var card = null;
  var opener = null;

  function idOf(claim) {
    return [claim.id].concat(Array.from(claim.classList)).find(function (name) { return /^c[0-9a-f]{10}$/.test(name); });
  }

  function add(parent, tag, text) {
    var element = parent.appendChild(document.createElement(tag));
    element.textContent = text || "";
    return element;
  }

  function row(list, name, value) {
    if (!value) { return null; }
    add(list, "dt", name);
    return add(list, "dd", value);
  }

  function close(back) {
    if (!card) { return; }
    card.remove();
    card = null;
    opener.setAttribute("aria-expanded", "false");
    opener.removeAttribute("aria-controls");
    if (back) { opener.focus(); }
  }

  function lists(receipt) {
    var list = document.createElement("dl");
    receipt.cells.forEach(function (cell) { row(list, cell.label, cell.value); });
    if (receipt.unit) { row(list, "Base", (receipt.base === null ? "withheld: " : receipt.base + " ") + receipt.unit); }
    row(list, "Meaning", receipt.definition);
    row(list, "Table", receipt.table);
    if (receipt.run) {
      var link = add(row(list, "Notebook", " "), "a", receipt.run);
      link.href = root + "notebooks/" + receipt.run + ".html";
    }
    row(list, "Written in", receipt.template + ", line " + receipt.line);
    if (receipt.kind === "cell") {
      row(list, "Entry", receipt.id + " of claims.json");
      return list;
    }
    var entry = add(row(list, "Statement", " "), "a", receipt.id);
    entry.href = root + "annex-evidence.html#e-" + receipt.id;
    return list;
  }

  function place(claim) {
    var box = claim.getClientRects()[0];
    var width = Math.min(416, document.documentElement.clientWidth - 16);
    var left = Math.min(box.left, document.documentElement.clientWidth - width - 8);
    card.style.width = width + "px";
    card.style.left = Math.max(8, left) + window.scrollX + "px";
    card.style.top = claim.getBoundingClientRect().bottom + window.scrollY + 6 + "px";
  }

  function open(claim, receipt) {
    close(false);
    opener = claim;
    card = document.createElement("div");
    card.className = "casebook-receipt";
    card.id = "casebook-receipt";
    card.setAttribute("role", "dialog");
    card.setAttribute("aria-labelledby", "casebook-receipt-title");
    var title = add(card, "p", receipt.text);
    title.id = "casebook-receipt-title";
    title.className = "casebook-receipt-title";
    var button = add(card, "button", "Close");
    button.type = "button";
    button.addEventListener("click", function () { close(true); });
    card.appendChild(lists(receipt));
    card.addEventListener("focusout", function (event) {
      if (card && event.relatedTarget && !card.contains(event.relatedTarget)) { close(false); }
    });
    document.body.appendChild(card);
    place(claim);
    claim.setAttribute("aria-expanded", "true");
    claim.setAttribute("aria-controls", card.id);
    button.focus({preventScroll: true});
  }

  function prepare(claim, receipt) {
    claim.setAttribute("role", "button");
    claim.setAttribute("tabindex", "0");
    claim.setAttribute("aria-haspopup", "dialog");
    claim.setAttribute("aria-expanded", "false");
    function toggle(event) {
      event.preventDefault();
      event.stopPropagation();
      if (card && opener === claim) { close(true); } else { open(claim, receipt); }
    }
    claim.addEventListener("click", toggle);
    claim.addEventListener("keydown", function (event) {
      if (event.key === "Enter" || event.key === " ") { toggle(event); }
    });
  }

  if (!claims.length || !page) { return; }
  var script = document.createElement("script");
  script.src = root + "_receipts/" + page + ".js";
  script.addEventListener("load", function () {
    claims.forEach(function (claim) {
      var receipt = window.CASEBOOK_RECEIPTS[idOf(claim)];
      if (receipt) { prepare(claim, receipt); }
    });
  });
  document.head.appendChild(script);
  document.addEventListener("keydown", function (event) { if (event.key === "Escape") { close(true); } });
  document.addEventListener("click", function (event) { if (card && !card.contains(event.target)) { close(false); } });
});
