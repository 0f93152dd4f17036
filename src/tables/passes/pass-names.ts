/** The reductions, in the order in which they work. Each has its own file, its own switch and its unreduced twin. */
export const PASSES = [
  'memoise',
  'close',
  'by-slot',
  'quotient',
  'forget',
  'big-step',
  'lazy',
  'symmetry',
  'layers',
  'relaxation',
] as const
/** The name of a pass. */
export type PassName = (typeof PASSES)[number]

/** What `--no-reduction` switches off: with it, states are distinct global states of the model itself. */
export const REDUCTIONS: readonly PassName[] = PASSES.filter((pass) => pass !== 'memoise' && pass !== 'close')
