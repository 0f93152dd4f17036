import { InvalidArgumentError } from 'commander'
import type { Latency } from '../simulate/index.ts'

const NUMBER = String.raw`(\d+(?:\.\d+)?)`

/** `25`, `10..50` or `20*0.5`: constant, evenly between two, or log-normal with a median and a sigma. */
export function delay(text: string): Latency {
  const [, min, max = min] = text.match(new RegExp(`^${NUMBER}(?:\\.\\.${NUMBER})?$`)) ?? []
  if (min !== undefined && Number(min) <= Number(max)) return { kind: 'uniform', min: Number(min), max: Number(max) }
  const [, median, sigma] = text.match(new RegExp(`^${NUMBER}\\*${NUMBER}$`)) ?? []
  if (median !== undefined) return { kind: 'log-normal', median: Number(median), sigma: Number(sigma) }
  throw new InvalidArgumentError('Write milliseconds as 25, 10..50 or 20*0.5 (median and sigma).')
}

/** How a delay is written. */
export function delayText(latency: Latency): string {
  if (latency.kind === 'uniform')
    return latency.min === latency.max ? `${latency.min}` : `${latency.min}..${latency.max}`
  if (latency.kind === 'log-normal') return `${latency.median}*${latency.sigma}`
  return 'matrix'
}

/** From 0 to 1. */
export function share(text: string): number {
  const value = Number(text)
  if (/^\d*\.?\d+$/.test(text) && value <= 1) return value
  throw new InvalidArgumentError('Give a number from 0 to 1.')
}

export function milliseconds(text: string): number {
  if (/^\d*\.?\d+$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Give a number of milliseconds.')
}
