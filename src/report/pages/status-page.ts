/**
 * The live page of a queue. It asks for `status.json` every second, and puts whatever it gets in as text, never as
 * markup: names of jobs and witnesses come from elsewhere.
 */
export function statusPage(): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Turncoat campaigns</title>
<style>${STYLE}</style>
<main>
<h1>Campaigns</h1>
<p id="queue" role="status">asking…</p>
<section id="campaigns"></section>
<h2>Workers</h2>
<div class="wide"><table><thead><tr><th>worker<th class="n">threads<th class="n">shards<th class="n">shards a minute<th class="n">seconds a shard<th>share</tr></thead><tbody id="workers"></tbody></table></div>
<h2>Violations</h2>
<section id="violations"></section>
</main>
<script>${SCRIPT}</script>
</html>
`
}

const STYLE = `
body { margin: 2rem auto; max-width: 60rem; padding: 0 1rem; color: #1a1a1a; background: #fff;
  font: 1rem/1.5 system-ui, "DejaVu Sans", Verdana, sans-serif; }
h1, h2 { line-height: 1.25; } h2 { margin-top: 2rem; border-top: 1px solid #d0d0d0; padding-top: .8rem; }
.wide { overflow-x: auto; } table { border-collapse: collapse; font-variant-numeric: tabular-nums; width: 100%; }
th, td { text-align: left; padding: .25rem .8rem .25rem 0; border-bottom: 1px solid #d0d0d0; white-space: nowrap; }
.n { text-align: right; } code, pre { font-size: .85rem; overflow-wrap: anywhere; }
img { display: block; max-width: none; margin: .5rem 0; } pre { background: #f5f5f5; padding: .7rem; overflow-x: auto; overflow-wrap: normal; }
progress { width: 100%; height: 1.1rem; accent-color: #0b5c8a; } article { margin: 1rem 0 1.5rem; }
.share { display: inline-block; height: .8rem; background: #0b5c8a; } .broken { color: #a3160b; font-weight: 600; }
#queue.away { color: #a3160b; }
`

/** Plain JavaScript, run by the browser. */
const SCRIPT = String.raw`
const byId = (id) => document.getElementById(id)
const make = (tag, text, className) => {
  const element = document.createElement(tag)
  if (text !== undefined) element.textContent = text
  if (className) element.className = className
  return element
}
const number = (value) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',')
function campaign(one) {
  const article = make('article')
  const state = one.state === 'running' && !one.isAlive ? 'no sign of life' : one.state
  article.append(make('div', state + ' · ' + number(one.done) + ' of ' + number(one.asked) + ' shards asked for by now'
    + (one.runs > 0 ? ' · ' + number(one.runs) + ' runs merged' : '')))
  const bar = make('progress')
  bar.max = Math.max(1, one.asked)
  bar.value = one.done
  bar.setAttribute('aria-label', 'shards done')
  article.append(bar, make('code', one.command))
  if (one.violated.length > 0) article.append(make('div', 'violated: ' + one.violated.join(', '), 'broken'))
  return article
}
function worker(one, most) {
  const row = make('tr')
  const minutes = Math.max(1, one.at - one.began) / 60000
  const cells = [one.threads, number(one.shards), (one.shards / minutes).toFixed(1),
    one.shards > 0 ? (one.busy / one.shards / 1000).toFixed(2) : '–']
  row.append(make('td', one.name))
  for (const cell of cells) row.append(make('td', String(cell), 'n'))
  const share = make('td')
  const bar = make('span', '', 'share')
  bar.style.width = (most > 0 ? 8 * one.shards / most : 0) + 'rem'
  share.append(bar)
  row.append(share)
  return row
}
const open = new Set()
const closed = new Set()
function violation(one, i) {
  const details = make('details')
  // The first one is looked at first.
  details.open = open.has(one.cause) || (i === 0 && !closed.has(one.cause))
  details.addEventListener('toggle', () => {
    (details.open ? open : closed).add(one.cause);
    (details.open ? closed : open).delete(one.cause)
  })
  const summary = make('summary')
  summary.append(make('span', one.claim, 'broken'), make('span', ': ' + one.witness + ' (' + one.where + ')'))
  details.append(summary)
  if (one.diagram) {
    const picture = make('img')
    picture.src = one.diagram
    picture.loading = 'lazy'
    picture.alt = 'space-time diagram of the run: the same, step by step in words, stands below'
    const frame = make('div', undefined, 'wide')
    frame.append(picture)
    details.append(frame)
  }
  details.append(make('pre', one.story.join('\n')))
  return details
}
async function refresh() {
  try {
    const status = await (await fetch('status.json')).json()
    if (status.error) throw new Error(status.error)
    const jobs = Object.entries(status.jobs).filter(([, count]) => count > 0).map(([state, count]) => number(count) + ' ' + state)
    byId('queue').textContent = status.queue + ': ' + (jobs.length > 0 ? jobs.join(', ') : 'no jobs')
    byId('queue').className = ''
    byId('campaigns').replaceChildren(...status.campaigns.map(campaign))
    if (status.campaigns.length === 0) byId('campaigns').append(make('p', 'none yet'))
    const alive = status.workers.filter((one) => one.isAlive)
    const most = Math.max(0, ...alive.map((one) => one.shards))
    byId('workers').replaceChildren(...alive.map((one) => worker(one, most)))
    const text = JSON.stringify(status.violations)
    if (text !== refresh.violations) byId('violations').replaceChildren(...status.violations.map(violation))
    if (status.violations.length === 0) byId('violations').replaceChildren(make('p', 'none by now'))
    refresh.violations = text
  } catch (error) {
    byId('queue').textContent = 'no answer: ' + error.message
    byId('queue').className = 'away'
  }
  setTimeout(refresh, 1000)
}
refresh()
`
