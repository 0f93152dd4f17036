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

/** Names joined as a sentence joins them. */
export function listed(items: readonly string[], word = 'and'): string {
  if (items.length < 2) return items.join('')
  return `${items.slice(0, -1).join(', ')} ${word} ${items.at(-1)}`
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
