/** Styles of the page: light and dark by the reader's setting, and for print. No font, image or script comes from elsewhere. */
export const STYLE = `
:root{color-scheme:light dark;--back:#fff;--text:#1b1f24;--dim:#57606a;--line:#d0d7de;--soft:#f6f8fa;--link:#0550ae;
--blocker:#a40e26;--high:#cf222e;--medium:#9a6700;--low:#0969da;--info:#6e7781;--exact:#1a7f37}
@media (prefers-color-scheme:dark){:root{--back:#0d1117;--text:#e6edf3;--dim:#9da7b1;--line:#30363d;--soft:#161b22;--link:#79c0ff;
--blocker:#ff7b72;--high:#ffa198;--medium:#e3b341;--low:#79c0ff;--info:#8b949e;--exact:#56d364}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:76rem;padding:1rem;background:var(--back);color:var(--text);font:16px/1.5 system-ui,sans-serif}
h1{font-size:1.6rem;margin:.5rem 0}h2{font-size:1.25rem;margin:2rem 0 .5rem;border-bottom:1px solid var(--line)}h3{font-size:1rem;margin:1.2rem 0 .3rem}
a{color:var(--link)}code,pre{font-family:ui-monospace,monospace;font-size:.875em}
pre{background:var(--soft);border:1px solid var(--line);padding:.6rem;overflow:auto;white-space:pre}
table{border-collapse:collapse;width:100%;margin:.5rem 0}caption{text-align:left;font-weight:600;padding:.3rem 0}
th,td{text-align:left;vertical-align:top;padding:.25rem .5rem;border-bottom:1px solid var(--line)}th button{font:inherit;font-weight:600;background:none;border:0;padding:0;color:var(--link);cursor:pointer}
.wide{overflow-x:auto}.number{text-align:right;font-variant-numeric:tabular-nums}
.numbers{display:flex;flex-wrap:wrap;gap:.75rem;padding:0;list-style:none}.numbers li{border:1px solid var(--line);background:var(--soft);padding:.5rem .9rem;min-width:8rem}.numbers b{display:block;font-size:1.6rem}
.bars th{width:18rem;font-weight:400;overflow-wrap:anywhere}.bar div{display:flex;height:.9rem}.bar .words{color:var(--dim);font-size:.8rem}.part{display:block;height:100%}
.part.blocker{background:var(--blocker)}.part.high{background:var(--high)}.part.medium{background:var(--medium)}.part.low{background:var(--low)}.part.info{background:var(--info)}.part.exact{background:var(--exact)}
.risk{font-weight:600;white-space:nowrap}.risk.blocker{color:var(--blocker)}.risk.high{color:var(--high)}.risk.medium{color:var(--medium)}.risk.low{color:var(--low)}.risk.info{color:var(--info)}.risk.exact{color:var(--exact)}
.filters{display:flex;flex-wrap:wrap;gap:1rem;margin:.5rem 0}.filters label{display:flex;gap:.4rem;align-items:center}input,select{font:inherit;padding:.2rem .4rem}
.finding{border-left:4px solid var(--line);padding:.2rem 0 .2rem .8rem;margin:.8rem 0}.finding.blocker{border-color:var(--blocker)}.finding.high{border-color:var(--high)}.finding.medium{border-color:var(--medium)}.finding.low{border-color:var(--low)}
.finding p{margin:.2rem 0;overflow-wrap:anywhere}.sides{display:grid;grid-template-columns:1fr;gap:.5rem}@media (min-width:60rem){.sides.two{grid-template-columns:1fr 1fr}}
.skip{position:absolute;left:-99rem}.skip:focus{left:1rem}:focus-visible{outline:2px solid var(--link);outline-offset:2px}
@media (max-width:40rem){.bars th{width:9rem}td,th{padding:.2rem .3rem}}
@media print{body{max-width:none;font-size:10pt}.filters,.skip{display:none}details>*{display:block}a{color:inherit}}
`.trim();

/** Filters and sorts the table of Ingresses. The page says everything without it. */
export const SCRIPT = `
(function () {
  var table = document.getElementById("ingresses");
  if (!table) return;
  var body = table.tBodies[0];
  var rows = Array.prototype.slice.call(body.rows);
  var text = document.getElementById("filter-text");
  var risk = document.getElementById("filter-risk");
  var count = document.getElementById("filter-count");
  function filter() {
    var words = text.value.toLowerCase().split(/\\s+/).filter(Boolean);
    var shown = 0;
    rows.forEach(function (row) {
      var content = row.textContent.toLowerCase();
      var fits = (risk.value === "" || row.dataset.risk === risk.value) && words.every(function (word) { return content.indexOf(word) >= 0; });
      row.hidden = !fits;
      if (fits) shown += 1;
    });
    count.textContent = shown + " of " + rows.length + " shown";
  }
  text.addEventListener("input", filter);
  risk.addEventListener("change", filter);
  document.querySelector(".filters").hidden = false;
  Array.prototype.forEach.call(table.querySelectorAll("th[data-sort]"), function (head, index) {
    var button = document.createElement("button");
    button.type = "button";
    button.textContent = head.textContent;
    head.textContent = "";
    head.appendChild(button);
    button.addEventListener("click", function () {
      var down = head.getAttribute("aria-sort") === "ascending";
      Array.prototype.forEach.call(table.querySelectorAll("th[aria-sort]"), function (other) { other.removeAttribute("aria-sort"); });
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      var column = Number(head.dataset.sort);
      rows.sort(function (a, b) {
        var x = a.cells[column].dataset.order || a.cells[column].textContent;
        var y = b.cells[column].dataset.order || b.cells[column].textContent;
        var order = isNaN(x) || isNaN(y) ? x.localeCompare(y, "en") : Number(x) - Number(y);
        return down ? -order : order;
      });
      rows.forEach(function (row) { body.appendChild(row); });
    });
  });
  filter();
})();
`.trim();
