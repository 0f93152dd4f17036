import type { TopLevelSpec } from 'vega-lite'

/** DejaVu Sans is what PNGs are drawn with; Verdana is as wide, and on the machines of most readers. */
export const FONT = 'DejaVu Sans, Verdana, sans-serif'

/** Sizes are for a picture of some 700 pixels: shown at half size, the smallest text still has six. */
export const SIZE = { title: 18, subtitle: 14, axisTitle: 14, label: 13, caption: 12 } as const

export const INK = { text: '#1a1a1a', soft: '#4d4d4d', axis: '#767676', grid: '#e3e3e3', paper: '#ffffff' } as const

/** The inner size of plots with two axes. */
export const FIELD = { width: 620, height: 320 } as const

/**
 * Colours that stay apart for the colour-blind (Okabe and Ito, "Color Universal Design", 2008), without the yellow,
 * which does not stand out from white paper. Series differ by their marks and dashes besides.
 */
export const SERIES_COLOURS = ['#0072b2', '#d55e00', '#009e73', '#cc79a7', '#e69f00', '#56b4e9', '#000000'] as const

/** What all plots have in common. */
export const config: NonNullable<TopLevelSpec['config']> = {
  background: undefined,
  padding: 4,
  font: FONT,
  // The picture as a whole carries one description; one on each of a thousand marks helps nobody.
  aria: false,
  view: { stroke: null },
  axis: {
    labelFont: FONT,
    labelFontSize: SIZE.label,
    labelColor: INK.text,
    labelLimit: 240,
    titleFont: FONT,
    titleFontSize: SIZE.axisTitle,
    titleFontWeight: 'normal',
    titleColor: INK.text,
    titlePadding: 10,
    titleLimit: 0,
    domainColor: INK.axis,
    tickColor: INK.axis,
    gridColor: INK.grid,
  },
  axisX: { grid: false },
  title: {
    font: FONT,
    fontSize: SIZE.axisTitle,
    fontWeight: 'bold',
    color: INK.text,
    subtitleFont: FONT,
    subtitleFontSize: SIZE.label,
    subtitleColor: INK.soft,
    anchor: 'start',
    limit: 0,
    offset: 10,
  },
  text: { font: FONT, fontSize: SIZE.label, color: INK.text },
}
