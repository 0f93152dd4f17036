import type { RunView } from '../../view/run.ts'
import { titleOf } from '../text/captions.ts'
import type { Chapter } from '../text/explain-text.ts'
import { VIEWER_STYLE } from './viewer-style.ts'
import { webPage } from './web-page.ts'

/**
 * One page that shows a run.
 *
 * @param script what `npm run build` makes of `src/web`
 */
export function viewerPage(run: RunView, chapters: readonly Chapter[], script: string): string {
  return webPage({
    title: titleOf(run),
    otherwise: 'This page needs JavaScript. <code>turncoat show FILE</code> tells the same in a terminal.',
    style: VIEWER_STYLE,
    data: [['turncoat-run', { run, chapters }]],
    script,
  })
}
