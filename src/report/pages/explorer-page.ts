import { EXPLORER_STYLE } from './explorer-style.ts'
import { VIEWER_STYLE } from './viewer-style.ts'
import { webPage } from './web-page.ts'

/** What `npm run build` makes of `src/web`: what the page runs, and what its workers do. */
export interface ExplorerScripts {
  readonly page: string
  readonly engine: string
}

/** The elements that hold what the page is given, and what its workers run. */
const [DATA, ENGINE] = ['turncoat-explored', 'turncoat-engine']

/** A page on which a protocol is explored, or written and tried out. @param given as its script reads it */
export function explorerPage(title: string, given: unknown, { page, engine }: ExplorerScripts): string {
  return webPage({
    title,
    otherwise: 'This page needs JavaScript. <code>turncoat fuzz</code> and <code>turncoat check</code> need none.',
    style: `${VIEWER_STYLE}${EXPLORER_STYLE}`,
    data: [
      [DATA, given],
      [ENGINE, engine],
    ],
    script: page,
    hasWorkers: true,
  })
}
