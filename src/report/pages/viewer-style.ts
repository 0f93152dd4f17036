/** How the page looks. Colours stay apart for the colour-blind; what is Byzantine has another shape besides. */
export const VIEWER_STYLE = `
:root{color-scheme:light dark;--paper:#fff;--ink:#1a1a1a;--soft:#5a5a5a;--line:#d8d8d8;--band:#f4f4f4;--pick:#fff2cc;
--past:#eaf2fb;--bad:#b3340c;--good:#00694d;--lie:#c8400f;--say:#3b6ea5;--lane:#9a9a9a;--time:#8a5a00;--found:#d9a400}
@media (prefers-color-scheme:dark){:root{--paper:#16181c;--ink:#ececec;--soft:#a8a8a8;--line:#3a3d43;--band:#1d2025;
--pick:#4a3f17;--past:#1c2b3d;--bad:#ff9166;--good:#4fc9a0;--lie:#ff7a45;--say:#7fb2e5;--lane:#666;--time:#e0b050;--found:#e0b050}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:14px/1.4 system-ui,Verdana,sans-serif}
.page{display:flex;flex-direction:column;height:100vh;padding:0 14px}
header{flex:none;max-height:34vh;overflow:auto}
h1{font-size:18px;margin:10px 0 2px}h2{font-size:16px;margin:8px 0}h3{font-size:13px;margin:12px 0 2px}
p{margin:3px 0}.soft{color:var(--soft)}
.banner{border-left:4px solid var(--line);padding:6px 10px;margin:6px 0}.violated{border-color:var(--bad)}.violated b{color:var(--bad)}
.tools{display:flex;gap:12px;align-items:center;flex-wrap:wrap;flex:none}
.search span{margin-right:6px}
input[type=search]{font:inherit;width:220px;background:var(--paper);color:var(--ink);border:1px solid var(--lane);border-radius:4px;padding:2px 6px}
button{font:inherit;background:var(--band);color:var(--ink);border:1px solid var(--line);border-radius:4px;padding:1px 8px;cursor:pointer}
.copies{display:flex;gap:6px}
.filters{flex:none;margin:6px 0}.filters summary{cursor:pointer}.filters label{margin-right:12px;white-space:nowrap}.filters div{margin:3px 0}
.main{flex:1;display:grid;grid-template-columns:minmax(0,1fr) minmax(300px,36%);gap:14px;min-height:0;border-top:1px solid var(--line)}
.diagram{min-width:0;min-height:0;overflow:auto hidden}.lanes{display:flex;flex-direction:column;height:100%}
.heads{display:flex;position:relative;height:40px;flex:none;border-bottom:1px solid var(--line);align-items:end}
.heads>div{text-align:center;flex:none}.head small{display:block;color:var(--soft);font-size:11px;line-height:1.2}
.head.byzantine b,.head.byzantine small{color:var(--lie)}.heads .words{position:absolute;bottom:0;color:var(--soft)}
.scroll{flex:1;min-height:0;overflow:hidden auto;position:relative;outline-offset:-2px}
.row{position:absolute;left:0;right:0;cursor:pointer;border-bottom:1px solid var(--band);border-left:4px solid transparent}
.row:hover{background:var(--band)}.row.past{background:var(--past)}.row.selected{background:var(--pick)}.row.found{border-left-color:var(--found)}
.row.healed .number{font-style:italic}
.row.first-healed{border-top:2px dashed var(--good)}
.row.first-healed::before{content:'healed run';position:absolute;right:8px;bottom:2px;font-size:11px;color:var(--good)}
.number{position:absolute;top:4px;text-align:right;color:var(--soft)}
.caption{position:absolute;top:3px;right:4px;line-height:16px}
.caption span{display:block;white-space:nowrap;overflow:hidden;text-overflow:ellipsis}
.row.lie .what{color:var(--lie)}.then{color:var(--soft);font-size:12px}.decides{color:var(--good)}.throws{color:var(--bad)}
.lines{position:absolute;left:4px;pointer-events:none;overflow:visible}
.lane{stroke:var(--lane)}.lane.byzantine{stroke-dasharray:2 4}
.lines g{fill:none;stroke-width:1.3}.lines g.correct{stroke:var(--say)}.lines .byzantine,.lines .forged{stroke:var(--lie)}
.lines g.byzantine line,.lines g.forged line{stroke-dasharray:2 3}.lines g rect{fill:var(--lie)}
.missing,.lost{stroke:var(--lane)}.missing line{stroke-dasharray:3 2}.lines g.near{stroke-width:2.6}
.lines .step{fill:var(--say)}.lines .decision{fill:var(--good)}.lines .timeout{fill:var(--paper);stroke:var(--time);stroke-width:2}
.lines .stop{stroke:var(--bad);stroke-width:2}.lines .ring{stroke:var(--time);stroke-width:2}
.details{overflow:auto;padding:0 4px 20px 12px;border-left:1px solid var(--line);overflow-wrap:anywhere}
.details ul{margin:2px 0;padding-left:18px}.details table{border-collapse:collapse;width:100%}
.details th{text-align:left;width:1%;font-weight:normal;color:var(--soft);vertical-align:top;padding:1px 8px 1px 0;white-space:nowrap}
.details td{vertical-align:top;padding:1px 0}.changed th,.changed td{background:var(--pick);color:var(--ink)}
.claims .violated th,.claims .violated td{color:var(--bad);font-weight:bold}.details p.lie{color:var(--lie)}
.steps button{margin:1px}.steps .current{background:var(--pick)}
.help{position:fixed;inset:12vh auto auto 50%;transform:translateX(-50%);background:var(--paper);border:1px solid var(--lane);border-radius:8px;padding:16px 20px;max-width:520px;box-shadow:0 6px 30px #0006}
.help th{text-align:left;white-space:nowrap;padding-right:16px;font-family:monospace}
@media (max-width:800px){.main,.main.playground{display:block}.page{height:auto;min-height:100vh}header{max-height:none}
.lanes{height:auto}.scroll{max-height:60vh}.details{border-left:0;padding:0 0 20px}.editor{height:60vh}}
`
