export type CellVerdict = 'proved' | 'not-found' | 'violated' | 'stuck' | 'vacuous' | 'inconclusive'

/** Why theory's line says nothing about a cell. */
export type Exempt = 'fewer than two correct' | 'nobody is Byzantine'

/** What was found out for n replicas of which b are Byzantine. */
export interface PhaseCell {
  readonly n: number
  readonly b: number
  /** What the protocol is built for: its claims are promised for b up to this. */
  readonly f?: number
  readonly agreement: CellVerdict
  readonly liveness: CellVerdict
  /** For both claims, or for each one by itself. */
  readonly exempt?: Exempt | { readonly agreement?: Exempt; readonly liveness?: Exempt }
  /** Agreement is promised for b below this: 2q − n. */
  readonly safeBelow: number | null
  /** Liveness is promised for b up to this: n − q. */
  readonly liveUpTo: number | null
}

export type PhaseClaim = 'agreement' | 'liveness'

export function exemption({ exempt }: PhaseCell, claim: PhaseClaim): Exempt | undefined {
  return typeof exempt === 'object' ? exempt[claim] : exempt
}

/** What theory says of a cell; nothing where it has no line, or an exception. */
export function promised(cell: PhaseCell, claim: PhaseClaim): boolean | undefined {
  if (exemption(cell, claim)) return undefined
  const { b, safeBelow, liveUpTo } = cell
  if (claim === 'agreement') return safeBelow === null ? undefined : b < safeBelow
  return liveUpTo === null ? undefined : b <= liveUpTo
}

/** Whether what was found is the opposite of theory. What was not decided is the opposite of nothing. */
export function contradictsTheory(cell: PhaseCell, claim: PhaseClaim): boolean {
  const promise = promised(cell, claim)
  const verdict = cell[claim]
  if (promise === undefined || verdict === 'vacuous' || verdict === 'inconclusive') return false
  return promise !== (verdict === 'proved' || verdict === 'not-found')
}
