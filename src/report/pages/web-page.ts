import { createHash } from 'node:crypto'
import { escaped } from '../plots/xml.ts'

/** What a page is made of. */
export interface WebPage {
  readonly title: string
  /** What stands there where no script runs: markup of ours. */
  readonly otherwise: string
  readonly style: string
  /** By the id of the element that holds it. */
  readonly data: readonly (readonly [id: string, value: unknown])[]
  /** What `npm run build` makes of `src/web`. */
  readonly script: string
  /** Does the page start workers, of texts that it has itself? */
  readonly hasWorkers?: boolean
}

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** JSON inside a page: nothing in it can end the element that holds it. */
function inside(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * One page that needs nothing else: no network, no other file. Its policy lets run only this script, by its hash, so that
 * text of a stranger runs nothing even if it should ever become markup. What a worker runs is under the same policy: it
 * reaches no network either.
 */
export function webPage({ title, otherwise, style, data, script, hasWorkers = false }: WebPage): string {
  // An HTML parser ends a script at this, wherever it stands.
  const safe = script.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--')
  const workers = hasWorkers ? '; worker-src blob:' : ''
  const policy = `default-src 'none'; script-src ${hash(safe)}; style-src ${hash(style)}${workers}; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy).replaceAll('&#39;', "'")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<div id="page"><noscript>${otherwise}</noscript></div>
${data.map(([id, value]) => `<script type="application/json" id="${id}">${inside(value)}</script>`).join('\n')}
<script>${safe}</script>
</body>
</html>
`
}
