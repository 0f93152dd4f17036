/** The 97.5 % point of the normal distribution: a two-sided interval of 95 %. */
const Z = 1.96

/** Within which a share probably is. */
export interface Interval {
  readonly low: number
  readonly high: number
}

/**
 * The 95 % Wilson interval for a share of which `hits` among `runs` were seen. Its upper end stays above zero where
 * nothing was seen, which is why "not found" is never "safe".
 */
export function wilson(hits: number, runs: number): Interval {
  if (runs === 0) return { low: 0, high: 1 }
  const share = hits / runs
  const square = Z * Z
  const centre = share + square / (2 * runs)
  const spread = Z * Math.sqrt((share * (1 - share)) / runs + square / (4 * runs * runs))
  const at = (value: number): number => Math.min(1, Math.max(0, value / (1 + square / runs)))
  return { low: hits === 0 ? 0 : at(centre - spread), high: hits === runs ? 1 : at(centre + spread) }
}
