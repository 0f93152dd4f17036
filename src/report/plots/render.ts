import type { LoggerInterface } from 'vega'
import { HarnessError, loadOptional } from '../../model/index.ts'
import { type Body, frame, NOTHING } from './frame.ts'
import type { Drawing, Plot } from './plot.ts'
import { PICTURES, renderer } from './png.ts'
import { textWidth } from './text-width.ts'
import { config, FONT } from './theme.ts'
import { legal } from './xml.ts'

/** A warning is a picture that is not what its author meant: our bug. */
const strict: LoggerInterface = {
  level: () => strict,
  error: (...said) => complain(said),
  warn: (...said) => complain(said),
  info: () => strict,
  debug: () => strict,
} as LoggerInterface

function complain(said: readonly unknown[]): never {
  throw new HarnessError(`vega reports: ${said.map(String).join(' ')}`)
}

/** Both take a fifth of a second to load, which commands without pictures should not pay. */
async function load() {
  const [vega, vegaLite] = await loadOptional('pictures', PICTURES, () =>
    Promise.all([import('vega'), import('vega-lite')]),
  )
  // The same widths on every machine, whether or not a canvas is installed there.
  const metrics = (vega as unknown as { textMetrics: { width: (item: TextItem, line?: unknown) => number } })
    .textMetrics
  metrics.width = ({ fontSize, fontWeight }, line) =>
    textWidth(String(line ?? '').trim(), fontSize ?? 11, fontWeight === 'bold')
  return { vega, vegaLite }
}

interface TextItem {
  readonly fontSize?: number
  readonly fontWeight?: string | number
}

let loaded: ReturnType<typeof load> | undefined

function libraries(): ReturnType<typeof load> {
  loaded ??= load()
  return loaded
}

/**
 * What draws is loaded before a command begins that will draw in the end: it may take hours till then.
 * @throws UsageError where it is not installed, with the command that installs it
 */
export async function assertPictures(): Promise<void> {
  await Promise.all([libraries(), renderer()])
}

/** Vega numbers its clip paths through the whole process; here each picture begins at one, whatever came before. */
function renumbered(svg: string): string {
  const names = new Map<string, string>()
  return svg.replace(/(\bid="|url\(#)(clip|gradient_)\d+/g, (found, before: string) => {
    const old = found.slice(before.length)
    if (!names.has(old)) names.set(old, `clip${names.size + 1}`)
    return before + names.get(old)
  })
}

/** Digits that no screen shows are left out; only inside tags, since what is between them is text to read. */
function rounded(tag: string): string {
  return tag.replace(/-?\d+\.\d{3,}(?:e-\d+)?/g, (number) => String(Math.round(Number(number) * 100) / 100 + 0))
}

/** Outlines of groups that have none, and what the root says for all: a half of what vega writes. */
const EMPTY = /<path class="(?:back|fore)ground"[^>]*(?: d="M0,0h0v0h0Z"| display="none")[^>]*\/>/g
const INHERITED = new RegExp(
  ` (?:role|aria-[a-z]+|pointer-events)="[^"]*"| font-(?:family="${FONT}"|weight="normal")`,
  'g',
)

function cleaned(svg: string): string {
  return svg.replace(EMPTY, '').replace(/<[^>]*>/g, (tag) => rounded(tag.replace(INHERITED, '')))
}

function bodyOf(svg: string): Body {
  const found = svg.match(/^<svg [^>]*?width="([\d.]+)" height="([\d.]+)"[^>]*>([\s\S]*)<\/svg>$/)
  if (!found) throw new HarnessError('vega has drawn something that is no picture')
  const [, width, height, markup] = found
  return { width: Number(width), height: Number(height), markup: renumbered(cleaned(markup!)) }
}

async function drawBody(drawn: NonNullable<Drawing['spec']>): Promise<Body> {
  const legible = (_: string, value: unknown): unknown => (typeof value === 'string' ? legal(value) : value)
  const spec = JSON.parse(JSON.stringify(drawn, legible)) as typeof drawn
  const { vega, vegaLite } = await libraries()
  // Vega-Lite numbers names through the whole process, too; compiling does not wait, so nobody comes in between.
  vegaLite.resetIdCounter()
  const compiled = vegaLite.compile({ ...spec, config } as typeof spec, { logger: strict }).spec
  const view = new vega.View(vega.parse(compiled), { renderer: 'none', logger: strict })
  const svg = await view.toSVG()
  view.finalize()
  return bodyOf(svg)
}

/** Draws a plot: the same bytes for the same rows, on every machine and in any order. */
export async function render(drawing: Drawing): Promise<Plot> {
  const { name, title, caption, csv, alt, spec } = drawing
  const body = spec === undefined ? NOTHING : await drawBody(spec)
  return { name, title, caption, svg: frame(drawing, body), csv, alt }
}

/** What draws a plot, from what makes its drawing. */
export function plotted<Given extends readonly unknown[]>(drawing: (...given: Given) => Drawing) {
  return (...given: Given): Promise<Plot> => render(drawing(...given))
}
