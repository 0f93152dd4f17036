import { createHash } from 'node:crypto'
import type { RunView } from '../../view/run.ts'
import { escaped } from '../plots/xml.ts'
import type { Chapter } from '../text/explain-text.ts'
import { VIEWER_STYLE } from './viewer-style.ts'

const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`

/** JSON inside a page: nothing in it can end the element that holds it. */
function inside(value: unknown): string {
  return JSON.stringify(value).replace(
    /[<>&\u2028\u2029]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )
}

/**
 * One page that shows a run, and needs nothing else: no network, no other file. Its policy lets run only this script,
 * by its hash, so that text of a stranger's trace runs nothing even if it should ever become markup.
 *
 * @param script what `npm run build` makes of `src/web`
 */
export function viewerPage(run: RunView, chapters: readonly Chapter[], script: string): string {
  // An HTML parser ends a script at this, wherever it stands.
  const safe = script.replace(/<\/(script)/gi, '<\\/$1').replace(/<!--/g, '<\\!--')
  const policy = `default-src 'none'; script-src ${hash(safe)}; style-src ${hash(VIEWER_STYLE)}; base-uri 'none'; form-action 'none'`
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${escaped(policy).replaceAll('&#39;', "'")}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(`${run.subject}: ${run.title}`)}</title>
<style>${VIEWER_STYLE}</style>
</head>
<body>
<div id="page"><noscript>This page needs JavaScript. <code>turncoat show FILE</code> tells the same in a terminal.</noscript></div>
<script type="application/json" id="turncoat-run">${inside({ run, chapters })}</script>
<script>${safe}</script>
</body>
</html>
`
}
