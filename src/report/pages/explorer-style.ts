/** What an explorer and the playground have besides what a viewer has. */
export const EXPLORER_STYLE = `
kbd{font:11px/16px monospace;color:var(--soft);border:1px solid var(--line);border-radius:3px;min-width:16px;text-align:center;flex:none;height:18px}
kbd:empty{border-color:transparent}
select{font:inherit;background:var(--paper);color:var(--ink);border:1px solid var(--lane);border-radius:4px;padding:1px 4px;max-width:220px}
button:disabled{opacity:.5;cursor:default}button:focus-visible,.row:focus-visible{outline:2px solid var(--say)}
.explorer-tools{flex:none;margin-bottom:4px}.searching{display:inline-flex;gap:6px;align-items:center;flex-wrap:wrap}
.search-button{border-color:var(--say)}
.branches{display:flex;gap:4px;flex-wrap:wrap;margin-top:6px;max-height:56px;overflow:auto}.branches small{color:var(--soft)}
.branches .current{background:var(--pick);border-color:var(--time)}
.choices{border-bottom:2px solid var(--line);padding-bottom:10px;margin-bottom:8px}
.choices h2 small{font-weight:normal;color:var(--time)}.choices input{width:100%}
.choice{display:flex;gap:8px;width:100%;text-align:left;margin:3px 0;padding:3px 6px;align-items:flex-start}
.choice>span{min-width:0}.choice:hover{background:var(--pick)}.choice small{display:block;color:var(--soft)}.choice small.throws{color:var(--bad);font-weight:bold}
.byzantine .what,.kind.byzantine h3{color:var(--lie)}.kind.byzantine .choice{border-left:3px dotted var(--lie)}
.details .findings{list-style:none;padding:0 0 8px;margin:8px 0;border-bottom:2px solid var(--line)}.findings li{border-left:4px solid var(--line);padding:2px 10px;margin:6px 0}
.findings .violated{border-color:var(--bad)}.findings .violated b{color:var(--bad)}.findings .holds{border-color:var(--good)}.findings .holds b{color:var(--good)}
.findings button{margin-left:10px}
.problem{border-left:4px solid var(--bad);padding:4px 10px;color:var(--bad);white-space:pre-wrap}
input:not([type]){font:inherit;background:var(--paper);color:var(--ink);border:1px solid var(--lane);border-radius:4px;padding:2px 6px;width:100%}
.playground-head{max-height:none;overflow:visible}.playground-head h1{margin:8px 8px 8px 0}
.main.playground{grid-template-columns:minmax(0,1fr) minmax(340px,40%)}
.files{display:flex;flex-direction:column;min-height:0;min-width:0}.files .branches{margin:6px 0;flex:none}
.editor{flex:1;min-height:0;border:1px solid var(--line)}
.setting{display:grid;grid-template-columns:1fr 1fr;gap:6px 10px;margin:8px 0 10px}.setting span{display:block;color:var(--soft);font-size:12px}
.setting label:last-child{grid-column:1/3}
.foreign{border-left:4px solid var(--time);padding:4px 10px;background:var(--band)}
.hints{margin-top:14px}.run-view{position:relative}.to-code{position:absolute;right:14px;top:10px;z-index:1}
code{font:12px monospace;background:var(--band);padding:1px 4px;border-radius:3px}
`
