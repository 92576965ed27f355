/* In previewed pages only, which the preview appends it to: says why the last build was refused, and loads the page
   again once a build has gone through. */
(function () {
  "use strict";
  var shown = null;
  var notice = document.createElement("div");
  notice.setAttribute("role", "alert");
  notice.style.cssText = "position:fixed;inset:auto 0 0 0;max-height:60vh;overflow:auto;z-index:2000;margin:0;padding:1rem 1.4rem;" +
    "background:#5c1310;color:#fff;font:14px/1.5 monospace;white-space:pre-wrap;overflow-wrap:anywhere";

  function look() {
    fetch("/_preview").then(function (answer) { return answer.json(); }).then(function (state) {
      if (shown !== null && state.built !== shown) { window.location.reload(); }
      shown = state.built;
      notice.textContent = state.refusal;
      if (state.refusal) { document.body.append(notice); } else { notice.remove(); }
    }).catch(function () { /* The preview has ended. */ });
  }

  look();
  window.setInterval(look, 500);
})();
