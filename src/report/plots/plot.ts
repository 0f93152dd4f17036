import type { TopLevelSpec } from 'vega-lite'
import type { KeyEntry } from './key.ts'

/** What a plot says about itself in words. */
export interface About {
  readonly title: string
  readonly subtitle?: string
  /** Method and counts: how the numbers came about, and from how many runs. */
  readonly caption: string
  /** What the plot's files are called, without an ending; each plot has a name of its own. */
  readonly name?: string
}

/** Of plots with two axes: what stands beside them. */
export interface AxisTitles {
  readonly x?: string
  readonly y?: string
}

/** A finished picture with the numbers that it shows. */
export interface Plot {
  readonly name: string
  readonly title: string
  readonly caption: string
  readonly svg: string
  readonly csv: string
  /** What there is to see, for those who cannot see it. */
  readonly alt: string
}

/** A plot before it is drawn: a pure function of its rows. Without a spec there is nothing to draw. */
export interface Drawing extends About {
  readonly name: string
  readonly spec: TopLevelSpec | undefined
  readonly key: readonly KeyEntry[]
  readonly csv: string
  readonly alt: string
}
