import { textWidth } from './text-width.ts'
import { FIELD, SIZE } from './theme.ts'
import { legal } from './xml.ts'

/** A place along x: a number, or the name of a case (`signatures`, `channels`). */
export type Where = number | string

interface Position {
  readonly type: 'quantitative'
  readonly title: string
  readonly scale: object
  readonly axis: object
}

export interface XAxis {
  readonly place: (x: Where) => number
  /** How many pixels are between the two closest places. */
  readonly gap: number
  /** Whether what is between two places means something. */
  readonly isContinuous: boolean
  readonly position: Position
}

/** `zero-log` is logarithmic, but for what is close to zero, which it shows. */
export type YScale = 'linear' | 'log' | 'zero-log' | 'share'

/** Below this a `zero-log` axis is nearly linear. */
const CLOSE_TO_ZERO = 10

/** Whole numbers with commas, fractions as short as they are: the same in every locale. */
const NUMBER = "format(datum.value, ',.12~r')"

const finite = (values: readonly (number | null | undefined)[]): number[] =>
  values.filter((value): value is number => typeof value === 'number' && Number.isFinite(value))

const ascending = (values: Iterable<number>): number[] => [...new Set(values)].sort((a, b) => a - b)

/** Ticks from the left, leaving out those whose labels would run into the one before; the last one always stays. */
function thinned(ticks: readonly number[], pixel: (x: number) => number): number[] {
  const half = (x: number): number => textWidth(String(x), SIZE.label) / 2
  const isFree = (x: number, before: number | undefined): boolean =>
    before === undefined || pixel(x) - half(x) > pixel(before) + half(before) + 6
  const kept: number[] = []
  for (const tick of ticks) if (isFree(tick, kept.at(-1))) kept.push(tick)
  const last = ticks.at(-1)
  if (last === undefined || kept.at(-1) === last) return kept
  while (kept.length > 0 && !isFree(last, kept.at(-1))) kept.pop()
  return [...kept, last]
}

function caseAxis(cases: readonly Where[], title: string): XAxis {
  const names = cases.map((name) => legal(String(name)))
  const slot = FIELD.width / names.length
  const isTight = names.some((name) => textWidth(name, SIZE.label) > slot - 8)
  const axis = {
    values: names.map((_, i) => i),
    grid: true,
    labelExpr: `${JSON.stringify(names)}[datum.value]`,
    labelOverlap: false,
    ...(isTight ? { labelAngle: -30, labelAlign: 'right', labelBaseline: 'middle' } : {}),
  }
  const scale = { domain: [-0.5, names.length - 0.5], nice: false, zero: false }
  return {
    place: (x) => cases.indexOf(x),
    gap: slot,
    isContinuous: false,
    position: { type: 'quantitative', title, scale, axis },
  }
}

function closest(places: readonly number[]): number {
  const gaps = places.slice(1).map((place, i) => place - places[i]!)
  return gaps.length === 0 ? FIELD.width / 2 : Math.min(...gaps)
}

/** The axis below the plot. It has a tick where there is a value, as far as the labels leave each other room. */
export function xAxis(all: readonly Where[], title: string, isLog = false): XAxis {
  const cases = [...new Set(all)]
  if (cases.some((x) => typeof x === 'string')) return caseAxis(cases, title)
  const values = ascending(finite(cases as number[]))
  const [low, high] = [values[0] ?? 0, values.at(-1) ?? 1]
  const margin = high > low ? (high - low) * 0.04 : 1
  const domain: [number, number] = isLog ? [low / 1.15, high * 1.15] : [low - margin, high + margin]
  const along = (x: number): number => (isLog ? Math.log(x) : x)
  const share = (x: number): number => (along(x) - along(domain[0])) / (along(domain[1]) - along(domain[0]))
  const pixel = (x: number): number => share(x) * FIELD.width
  const axis =
    values.length <= 30 || isLog
      ? { values: thinned(values, pixel), labelOverlap: false, labelExpr: NUMBER }
      : { tickCount: 10, labelExpr: NUMBER, ...(values.every(Number.isInteger) ? { tickMinStep: 1 } : {}) }
  const scale = { ...(isLog ? { type: 'log' } : { zero: false }), domain, nice: false }
  return {
    place: (x) => x as number,
    gap: closest(values.map(pixel)),
    isContinuous: true,
    position: { type: 'quantitative', title, scale, axis },
  }
}

/** From the decade below to the decade above; two and five between the decades where there are few of them. */
function decades(low: number, high: number): { readonly domain: [number, number]; readonly ticks: number[] } {
  const from = Math.floor(Math.log10(low) + 1e-9)
  const to = Math.max(from + 1, Math.ceil(Math.log10(high) - 1e-9))
  const every = Math.ceil((to - from) / 8)
  const between = to - from <= 2 ? [1, 2, 5] : [1]
  const ticks: number[] = []
  for (let power = from; power <= to; power += every) {
    for (const digit of between) if (power < to || digit === 1) ticks.push(Number(`${digit}e${power}`))
  }
  return { domain: [Number(`1e${from}`), Number(`1e${to}`)], ticks }
}

/** The axis on the left. A linear one shows zero: a difference should look as large as it is. */
export function yAxis(
  all: readonly (number | null | undefined)[],
  title: string,
  kind: YScale,
  domain?: readonly [number, number],
): Position {
  const values = finite(all)
  // A value beyond the ends that were asked for would be outside of the plot: the axis reaches that far, then.
  const [from, to] = domain ?? [0, kind === 'share' ? 1 : 0]
  const [low, high] = [Math.min(from, ...values), Math.max(to, ...values)]
  if (kind === 'share') {
    const axis = { values: [0, 0.2, 0.4, 0.6, 0.8, 1], labelExpr: "format(100 * datum.value, '.0f') + ' %'" }
    return { type: 'quantitative', title, scale: { domain: [low, high], nice: false }, axis }
  }
  if (kind === 'log') {
    const positive = values.filter((value) => value > 0)
    const { domain, ticks } = decades(Math.min(...positive, Infinity), Math.max(...positive, 0))
    const axis = { values: ticks, labelExpr: NUMBER, labelOverlap: false }
    return { type: 'quantitative', title, scale: { type: 'log', domain, nice: false }, axis }
  }
  if (kind === 'zero-log') {
    const { domain, ticks } = decades(CLOSE_TO_ZERO, high)
    const axis = { values: [0, ...ticks], labelExpr: NUMBER, labelOverlap: false }
    const scale = { type: 'symlog', constant: CLOSE_TO_ZERO, domain: [0, domain[1]], nice: false }
    return { type: 'quantitative', title, scale, axis }
  }
  const scale = { domain: [low, high > low ? high : low + 1], nice: domain ? false : 6 }
  // Where all is counted, nothing is between two whole numbers.
  const whole = values.length > 0 && values.every(Number.isInteger) ? { tickMinStep: 1 } : {}
  return { type: 'quantitative', title, scale, axis: { tickCount: 6, labelExpr: NUMBER, ...whole } }
}

/** Values that a log axis can show: above zero. */
export function isShown(value: number | null | undefined, kind: YScale): value is number {
  return typeof value === 'number' && Number.isFinite(value) && (kind !== 'log' || value > 0)
}

/** The axis below rows, each of which has its place. */
export function xAxisOf(rows: readonly { readonly x: Where }[], title: string): XAxis {
  return xAxis(
    rows.map(({ x }) => x),
    title,
  )
}
