import type { Plot } from '../plots/plot.ts'
import { escaped } from '../plots/xml.ts'
import { thousands } from '../text/numbers.ts'

/** A cell of a table; with a path, a link to a file beside the report. */
export type ReportCell = string | number | null | { readonly text: string; readonly href: string }

export interface ReportTable {
  readonly caption?: string
  readonly columns: readonly string[]
  readonly rows: readonly (readonly ReportCell[])[]
}

export interface ReportSection {
  readonly heading: string
  /** Paragraphs, with an empty line between two of them. */
  readonly text?: string
  readonly table?: ReportTable
  readonly plots?: readonly Plot[]
}

export interface HtmlReport {
  readonly title: string
  readonly intro: string
  readonly sections: readonly ReportSection[]
  /** The command that makes this report again. */
  readonly command: string
}

const STYLE = `
  body { margin: 2rem auto; max-width: 58rem; padding: 0 1rem; color: #1a1a1a; background: #fff;
    font: 1rem/1.5 system-ui, "DejaVu Sans", Verdana, sans-serif; }
  h1, h2 { line-height: 1.25; }
  h2 { margin-top: 2.5rem; border-top: 1px solid #d0d0d0; padding-top: 1rem; }
  figure { margin: 1.5rem 0; }
  figure svg { display: block; max-width: 100%; height: auto; }
  .table { overflow-x: auto; }
  table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
  caption { text-align: left; color: #4d4d4d; padding-bottom: 0.3rem; }
  th, td { border-bottom: 1px solid #d0d0d0; padding: 0.25rem 0.8rem 0.25rem 0; text-align: left; vertical-align: top; }
  .number { text-align: right; }
  pre { background: #f5f5f5; padding: 0.7rem; overflow-x: auto; font-size: 0.85rem; }
  details pre { max-height: 20rem; }
  @media print {
    body { margin: 0; max-width: none; }
    figure, tr { break-inside: avoid; }
    h2 { break-after: avoid; }
    thead { display: table-header-group; }
    details, nav { display: none; }
    a { color: inherit; }
  }
`

function paragraphs(text: string): string[] {
  const parts = text.split(/\n\s*\n/).map((part) => part.trim().replace(/\s+/g, ' '))
  return parts.filter(Boolean).map((part) => `<p>${escaped(part)}</p>`)
}

/**
 * A path as a link, segment by segment: a colon becomes %3A, so that nothing in a file's name can be read as a scheme.
 * A path from the root of a machine is none that a reader has.
 */
function linkOf(path: string): string | undefined {
  if (path === '' || /^[/\\]/.test(path)) return undefined
  return path
    .replace(/\p{Surrogate}/gu, '\ufffd')
    .split('/')
    .map(encodeURIComponent)
    .join('/')
}

/** A browser may end a line behind any hyphen; a flag stays whole. */
function wholeFlags(text: string): string {
  return escaped(text).replace(/--[\w-]+/g, '<span style="white-space: nowrap">$&</span>')
}

function cellText(cell: ReportCell): string {
  if (cell === null) return '–'
  if (typeof cell === 'number') return thousands(cell)
  if (typeof cell === 'string') return wholeFlags(cell)
  const href = linkOf(cell.href)
  return href === undefined ? escaped(cell.text) : `<a href="${escaped(href)}">${escaped(cell.text)}</a>`
}

function tableLines({ caption, columns, rows }: ReportTable): string[] {
  // A column of numbers stands flush right; a missing value does not make it a column of words.
  const isNumber = columns.map(
    (_, i) => rows.some((row) => typeof row[i] === 'number') && rows.every((row) => typeof (row[i] ?? 0) === 'number'),
  )
  const side = (i: number): string => (isNumber[i] ? ' class="number"' : '')
  const head = columns.map((column, i) => `<th scope="col"${side(i)}>${escaped(column)}</th>`).join('')
  const body = rows.map((row) => `<tr>${row.map((cell, i) => `<td${side(i)}>${cellText(cell)}</td>`).join('')}</tr>`)
  const none = `<tr><td colspan="${columns.length}">no data</td></tr>`
  return [
    '<div class="table"><table>',
    ...(caption ? [`<caption>${escaped(caption)}</caption>`] : []),
    `<thead><tr>${head}</tr></thead>`,
    '<tbody>',
    ...(body.length > 0 ? body : [none]),
    '</tbody></table></div>',
  ]
}

/** The ids of a picture with a prefix of its own: on one page, two pictures must not clip each other. */
function withOwnIds(svg: string, prefix: string): string {
  return svg.replace(/(<[^>]*?\sid="|url\(#|href="#)/g, `$1${prefix}`)
}

function figureLines(plot: Plot, prefix: string): string[] {
  return [
    '<figure>',
    withOwnIds(plot.svg, prefix).trimEnd(),
    `<details><summary>The numbers of this picture (${escaped(plot.name)}.csv)</summary>`,
    `<pre>${escapedLines(plot.csv)}</pre></details>`,
    '</figure>',
  ]
}

function escapedLines(text: string): string {
  return text.trimEnd().split(/\r?\n/).map(escaped).join('\n')
}

function sectionLines({ heading, text = '', table, plots = [] }: ReportSection, number: number): string[] {
  return [
    `<section id="section-${number}">`,
    `<h2>${wholeFlags(heading)}</h2>`,
    ...paragraphs(text),
    ...plots.flatMap((plot, i) => figureLines(plot, `picture-${number}-${i + 1}-`)),
    ...(table ? tableLines(table) : []),
    '</section>',
  ]
}

function contents(sections: readonly ReportSection[]): string[] {
  if (sections.length < 2) return []
  const items = sections.map(({ heading }, i) => `<li><a href="#section-${i + 1}">${wholeFlags(heading)}</a></li>`)
  return ['<nav aria-label="Contents"><ul>', ...items, '</ul></nav>']
}

/**
 * One page with everything in it: no script, and nothing that is loaded from anywhere, which its own policy forbids
 * besides. Links lead to the traces beside it.
 */
export function htmlReport({ title, intro, sections, command }: HtmlReport): string {
  const lines = [
    '<!DOCTYPE html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    `<title>${escaped(title)}</title>`,
    `<style>${STYLE}</style>`,
    '</head>',
    '<body>',
    `<h1>${escaped(title)}</h1>`,
    ...paragraphs(intro),
    ...contents(sections),
    ...sections.flatMap((section, i) => sectionLines(section, i + 1)),
    '<footer>',
    '<h2>Again</h2>',
    '<p>The same command with the same seed makes the same page, byte for byte:</p>',
    `<pre><code>${escapedLines(command)}</code></pre>`,
    '</footer>',
    '</body>',
    '</html>',
  ]
  return `${lines.join('\n')}\n`
}
