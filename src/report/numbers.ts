/** A whole number with a comma between thousands: the same on every machine, whatever its locale. */
export function thousands(value: number): string {
  const [whole, fraction] = String(value).split('.')
  const grouped = whole!.replace(/\B(?=(\d{3})+$)/g, ',')
  return fraction ? `${grouped}.${fraction}` : grouped
}

/** A share as a percentage with at most two decimals; a share that is not zero is never printed as zero. */
export function percent(share: number): string {
  const value = share * 100
  if (value > 0 && value < 0.01) return 'below 0.01 %'
  const decimals = value < 10 ? 2 : value < 99.95 ? 1 : 0
  return `${Number(value.toFixed(decimals))} %`
}

/** The 97.5 % point of the normal distribution: a two-sided interval of 95 %. */
const Z = 1.96

/**
 * The upper end of the 95 % Wilson interval for a share of which `hits` among `runs` were seen. It stays above zero
 * where nothing was seen, which is why "not found" is never "safe".
 */
export function wilsonUpper(hits: number, runs: number): number {
  if (runs === 0) return 1
  const share = hits / runs
  const square = Z * Z
  const centre = share + square / (2 * runs)
  const spread = Z * Math.sqrt((share * (1 - share)) / runs + square / (4 * runs * runs))
  return Math.min(1, (centre + spread) / (1 + square / runs))
}

/** `1 run`, `12 runs`. */
export function counted(count: number, thing: string, several = `${thing}s`): string {
  return `${thousands(count)} ${count === 1 ? thing : several}`
}

/** Seconds as a person reads them. */
export function duration(seconds: number): string {
  if (seconds < 10) return `${seconds.toFixed(1)} s`
  if (seconds < 120) return `${Math.round(seconds)} s`
  return `${Math.floor(seconds / 60)} min ${Math.round(seconds % 60)} s`
}
