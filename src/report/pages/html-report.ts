import type { Plot } from '../plots/plot.ts'
import { INK, SERIES_COLOURS } from '../plots/theme.ts'
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
  /** A picture without numbers of its own, as SVG. */
  readonly drawing?: string
  /** Lines that stay as they are. */
  readonly listing?: readonly string[]
}

export interface HtmlReport {
  readonly title: string
  readonly intro: string
  readonly sections: readonly ReportSection[]
  /** The command that makes this report again. */
  readonly command: string
  /** What the command does, where it does something else. */
  readonly again?: string
}

/** Plots are drawn for paper: in the dark, their ink and their paper change, and what is coloured stays. */
const STYLE = `
  :root { color-scheme: light dark; --ink: #1a1a1a; --soft: #4d4d4d; --rule: #d0d0d0; --paper: #fff; --code: #f5f5f5; }
  @media screen and (prefers-color-scheme: dark) {
    :root { --ink: #e6e6e6; --soft: #b0b0b0; --rule: #4a4a4a; --paper: #16181c; --code: #22252b; }
    a { color: #8ab4f8; }
    a:visited { color: #c58af9; }
    .plot rect[fill="${INK.paper}"]:not(:has(+ text[text-anchor])) { fill: var(--paper); }
    .plot text, .plot [fill="#000000"] { fill: var(--ink); }
    .plot [fill="${INK.soft}"] { fill: var(--soft); }
    .plot [stroke="${INK.text}"], .plot [stroke="#000000"] { stroke: var(--ink); }
    .plot [stroke="${INK.soft}"] { stroke: var(--soft); }
    .plot [stroke="${INK.grid}"] { stroke: var(--code); }
    .plot [stroke="${INK.paper}"] { stroke: var(--paper); }
    .plot [fill="${SERIES_COLOURS[0]}"] { fill: #3b8fd4; }
    .plot [stroke="${SERIES_COLOURS[0]}"] { stroke: #3b8fd4; }
    /* What is written on a colour stays dark, as the colour stays what it is. */
    .plot .role-mark text[fill="${INK.text}"], .plot rect + text[text-anchor] { fill: ${INK.text}; }
  }
  body { margin: 2rem auto; max-width: 58rem; padding: 0 1rem; color: var(--ink); background: var(--paper);
    font: 1rem/1.5 system-ui, "DejaVu Sans", Verdana, sans-serif; }
  h1, h2 { line-height: 1.25; }
  h2 { margin-top: 2.5rem; border-top: 1px solid var(--rule); padding-top: 1rem; }
  figure { margin: 1.5rem 0; overflow-x: auto; }
  figure svg { display: block; max-width: 100%; min-width: 36rem; height: auto; border-radius: 4px; }
  nav summary { font-weight: bold; }
  .table { overflow-x: auto; }
  table { border-collapse: collapse; font-size: 0.9rem; font-variant-numeric: tabular-nums; }
  caption { text-align: left; color: var(--soft); padding-bottom: 0.3rem; }
  th, td { border-bottom: 1px solid var(--rule); padding: 0.25rem 0.8rem 0.25rem 0; text-align: left; vertical-align: top; }
  .number { text-align: right; }
  pre { background: var(--code); padding: 0.7rem; overflow-x: auto; font-size: 0.85rem; }
  details pre { max-height: 20rem; }
  @media print {
    body { margin: 0; max-width: none; }
    figure, tr { break-inside: avoid; }
    h2 { break-after: avoid; }
    thead { display: table-header-group; }
    details, nav { display: none; }
    figure svg { min-width: 0; }
    a { color: inherit; }
  }
`

const AGAIN = 'The same command with the same seed makes the same page, byte for byte:'
/** A longer list of contents is folded away: what the reader came for is below it. */
const MOST_LISTED = 12
/** More digits than these say nothing that was measured. */
const MOST_DECIMALS = 3

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

/** Digits behind the point, as a number is written. */
const decimals = (cell: ReportCell | undefined): number =>
  typeof cell === 'number' ? (String(cell).split('.')[1]?.length ?? 0) : 0

function withDigits(value: number, digits: number): string {
  const [whole, fraction] = Math.abs(value).toFixed(digits).split('.')
  return `${value < 0 ? '-' : ''}${thousands(Number(whole))}${fraction === undefined ? '' : `.${fraction}`}`
}

/** @param digits behind the point, the same for all numbers of a column; nothing where there are words in it */
function cellText(cell: ReportCell, digits: number | undefined): string {
  if (cell === null) return '–'
  if (typeof cell === 'number') return digits === undefined ? thousands(cell) : withDigits(cell, digits)
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
  const digits = columns.map((_, i) =>
    isNumber[i] ? Math.min(MOST_DECIMALS, Math.max(...rows.map((row) => decimals(row[i])))) : undefined,
  )
  const head = columns.map((column, i) => `<th scope="col"${side(i)}>${escaped(column)}</th>`).join('')
  const body = rows.map(
    (row) => `<tr>${row.map((cell, i) => `<td${side(i)}>${cellText(cell, digits[i])}</td>`).join('')}</tr>`,
  )
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
    '<figure class="plot">',
    withOwnIds(plot.svg, prefix).trimEnd(),
    `<details><summary>The numbers of this picture (${escaped(plot.name)}.csv)</summary>`,
    `<pre>${escapedLines(plot.csv)}</pre></details>`,
    '</figure>',
  ]
}

function escapedLines(text: string): string {
  return text.trimEnd().split(/\r?\n/).map(escaped).join('\n')
}

function sectionLines(section: ReportSection, number: number): string[] {
  const { heading, text = '', table, plots = [], drawing, listing } = section
  return [
    `<section id="section-${number}">`,
    `<h2>${wholeFlags(heading)}</h2>`,
    ...paragraphs(text),
    ...plots.flatMap((plot, i) => figureLines(plot, `picture-${number}-${i + 1}-`)),
    ...(drawing === undefined ? [] : ['<figure>', withOwnIds(drawing, `picture-${number}-`).trimEnd(), '</figure>']),
    ...(listing ? [`<pre>${listing.map(escaped).join('\n')}</pre>`] : []),
    ...(table ? tableLines(table) : []),
    '</section>',
  ]
}

function contents(sections: readonly ReportSection[]): string[] {
  if (sections.length < 2) return []
  const items = sections.map(({ heading }, i) => `<li><a href="#section-${i + 1}">${wholeFlags(heading)}</a></li>`)
  const open = sections.length > MOST_LISTED ? '' : ' open'
  return [
    `<nav aria-label="Contents"><details${open}><summary>Contents</summary><ul>`,
    ...items,
    '</ul></details></nav>',
  ]
}

/**
 * One page with everything in it: no script, and nothing that is loaded from anywhere, which its own policy forbids
 * besides. Links lead to the traces beside it.
 */
export function htmlReport({ title, intro, sections, command, again = AGAIN }: HtmlReport): string {
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
    `<p>${escaped(again)}</p>`,
    `<pre><code>${escapedLines(command)}</code></pre>`,
    '</footer>',
    '</body>',
    '</html>',
  ]
  return `${lines.join('\n')}\n`
}
