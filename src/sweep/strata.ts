import { type Id, range } from '../model/index.ts'

/** A coalition that stands for those that have the first primary in it, or for those that do not. */
export interface StratumCoalition {
  readonly stratum: Stratum
  readonly byzantine: readonly Id[]
}

/** The coalitions that are searched by runs: the first b replicas, r0 among them, and the last b. */
export function strata(n: number, b: number): readonly StratumCoalition[] {
  if (b === 0) return [{ stratum: 'nobody', byzantine: [] }]
  if (b >= n) return [{ stratum: 'everybody', byzantine: range(n) }]
  return [
    { stratum: 'with r0', byzantine: range(b) },
    { stratum: 'without r0', byzantine: range(b).map((id) => n - b + id) },
  ]
}

/** Ways to choose b of n. */
export function waysToChoose(n: number, b: number): number {
  let ways = 1
  for (let i = 1; i <= b; i++) ways = (ways * (n - b + i)) / i
  return Math.round(ways)
}

/** Who the Byzantine replicas are, as far as the first primary is concerned. */
export type Stratum = 'nobody' | 'with r0' | 'without r0' | 'everybody'
