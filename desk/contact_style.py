"""How a contact sheet looks, on a screen and on paper."""

STYLE = """
:root { color-scheme: light; --ink: #1c2430; --soft: #5b6675; --line: #d6dbe2; --ground: #f5f6f8;
  --frame: #2563eb; --unsure: #b45309; --mark: #0f766e; --doubt: #b91c1c; --good: #166534; }
* { box-sizing: border-box; }
body { margin: 0; color: var(--ink); background: var(--ground);
  font: 15px/1.45 system-ui, "Segoe UI", "Liberation Sans", sans-serif; }
header, main { max-width: 84rem; margin: 0 auto; padding: 0 1.5rem; }
header { padding-top: 1.5rem; }
h1 { font-size: 1.9rem; line-height: 1.15; margin: 0 0 .75rem; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 2rem 0 .75rem; }
p { margin: 0; }
.over { color: var(--soft); letter-spacing: .02em; overflow-wrap: anywhere; }
.skip { position: absolute; left: -999rem; }
.skip:focus { left: 1rem; top: 1rem; background: #fff; padding: .5rem 1rem; z-index: 1; }
a { color: var(--frame); }
a:focus-visible, .strips:focus-visible { outline: 3px solid var(--frame); outline-offset: 2px; }
.verdict { padding: .8rem 1.1rem; border-radius: .4rem; border-left: .4rem solid; background: #fff;
  font-size: 1.05rem; }
.verdict.open { border-color: var(--doubt); }
.verdict.open b { color: var(--doubt); }
.verdict.closed { border-color: var(--good); }
.verdict.closed b { color: var(--good); }
.figures { display: flex; flex-wrap: wrap; gap: 1rem; margin-top: 1rem; align-items: flex-start; }
table { border-collapse: collapse; background: #fff; border: 1px solid var(--line);
  border-radius: .4rem; min-width: 15rem; }
caption { text-align: left; font-weight: 600; padding: 0 0 .3rem; }
th, td { padding: .3rem .8rem; border-top: 1px solid var(--line); text-align: left;
  vertical-align: top; }
th { font-weight: 400; color: var(--soft); }
td { font-variant-numeric: tabular-nums; }
.tag { display: inline-block; padding: 0 .45rem; border-radius: .8rem; font-size: .8rem;
  line-height: 1.35rem; border: 1px solid var(--line); background: #eef1f5; white-space: nowrap; }
.tag.filed, .tag.agrees, .tag.explained { background: #e7f5ec; border-color: #9fd3b1;
  color: var(--good); }
.tag.open, .tag.differs, .tag.quarantined { background: #fdecec; border-color: #eda5a5;
  color: #991b1b; }
.tag.held, .tag.pending, .tag.repeat { background: #fff4e0; border-color: #ecc88b;
  color: #8a4b06; }
.tag.technical, .tag.separator, .tag.blank { background: #e9eef8; border-color: #b3c3e6;
  color: #26427d; }
.differences { list-style: none; margin: 0; padding: 0; display: grid; gap: .6rem; }
.differences li { display: flex; gap: 1rem; background: #fff; border: 1px solid var(--line);
  border-left: .3rem solid var(--line); border-radius: .4rem; padding: .7rem .9rem; }
.differences li.open { border-left-color: var(--doubt); }
.differences li.explained { border-left-color: var(--good); }
.differences img { max-width: 11rem; max-height: 13rem; flex: none; border: 1px solid var(--line); }
.differences p + p { margin-top: .3rem; }
.told { color: var(--soft); }
code { font: .85em ui-monospace, "Liberation Mono", monospace; color: var(--soft); }
.density { margin: 0; }
.density svg { display: block; width: 100%; height: 7rem; border: 1px solid var(--line);
  border-radius: .3rem; }
.density .ground { fill: #fff; }
.density .range { fill: #c7d5f2; stroke: #c7d5f2; stroke-width: 1; }
.density .middle { fill: none; stroke: var(--frame); stroke-width: 1.2; }
.density figcaption { display: flex; justify-content: space-between; gap: 1rem;
  color: var(--soft); font-size: .85rem; margin-top: .25rem; }
.key { color: var(--soft); font-size: .85rem; margin-bottom: .5rem; }
.swatch { display: inline-block; width: .8rem; height: .8rem; margin: 0 .35rem 0 .8rem;
  border: 2px solid; vertical-align: -1px; }
.swatch:first-child { margin-left: 0; }
.swatch.frame { border-color: #2563eb; } .swatch.unsure { border-color: #d97706; }
.swatch.mark { border-color: #0d9488; } .swatch.doubt { border: 2px dashed #dc2626; }
.strips { display: flex; gap: .8rem; overflow-x: auto; padding-bottom: .6rem; }
.strips figure { margin: 0; flex: none; }
.strips img { display: block; max-height: 46rem; width: auto; background: #000; }
.strips.card figure { flex: 1 1 100%; }
.strips.card img { max-width: 100%; max-height: none; }
.strips figcaption { font-size: .85rem; color: var(--soft); margin-top: .25rem; }
.frames { list-style: none; margin: 0; padding: 0; display: grid; gap: .7rem;
  grid-template-columns: repeat(auto-fill, minmax(9.5rem, 1fr)); }
.cell { background: #fff; border: 1px solid var(--line); border-radius: .4rem; padding: .5rem;
  min-width: 0; }
.cell.doubtful { border: 2px dashed var(--doubt); padding: calc(.5rem - 1px); }
.cell:target { outline: 3px solid var(--frame); outline-offset: 2px; }
.cell img, .cell .none { display: block; width: 100%; aspect-ratio: 17 / 22; object-fit: contain;
  background: #e6e9ee; border: 1px solid var(--line); margin-bottom: .4rem; }
.cell .none { display: grid; place-items: center; color: var(--soft); font-size: .85rem; }
.cell .line { display: flex; justify-content: space-between; gap: .5rem; }
.address { color: var(--soft); font-variant-numeric: tabular-nums; overflow-wrap: anywhere; }
.reason { font-size: .85rem; color: var(--soft); margin-top: .25rem; overflow-wrap: anywhere; }
.doubts { margin: .25rem 0 0; padding: 0; list-style: none; font-size: .85rem;
  color: var(--doubt); overflow-wrap: anywhere; }
.doubt::before { content: "\\26A0\\00A0"; }
.pages { display: flex; flex-wrap: wrap; gap: .3rem; margin: 1rem 0; }
.pages a { padding: .25rem .6rem; border: 1px solid var(--line); border-radius: .3rem;
  background: #fff; text-decoration: none; font-variant-numeric: tabular-nums; }
.pages a[aria-current] { background: var(--ink); color: #fff; border-color: var(--ink); }
@media print {
  @page { margin: 12mm; }
  body { background: #fff; font-size: 10pt; print-color-adjust: exact;
    -webkit-print-color-adjust: exact; }
  header, main { max-width: none; padding: 0; }
  .pages, .skip { display: none; }
  .strips { flex-wrap: wrap; overflow: visible; }
  .strips img { max-height: 12cm; max-width: 100%; }
  .frames { grid-template-columns: repeat(6, 1fr); }
  .cell, .differences li, figure, table { break-inside: avoid; }
  h2 { break-after: avoid; }
}
"""
