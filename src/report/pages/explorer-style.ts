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
.findings{border-bottom:2px solid var(--line);margin-bottom:8px}.details .findings th{white-space:normal;width:32%}
.findings .violated th{color:var(--bad);font-weight:bold}.findings .holds th{color:var(--good)}
.problem{border-left:4px solid var(--bad);padding:4px 10px;color:var(--bad);white-space:pre-wrap}
code{font:12px monospace;background:var(--band);padding:1px 4px;border-radius:3px}
`
