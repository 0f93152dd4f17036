import type { Cell, PointRecord, Verdict } from '../../src/sweep/cell.ts'

/** A cell that nobody searched for. */
export function cell(n: number, b: number, verdict: Verdict, more: Partial<Cell> = {}): Cell {
  return {
    ...{ subject: 'pbft', n, f: Math.floor((n - 1) / 3), b, claim: 'agreement', verdict, strategy: 'silent' },
    ...{ runs: 10, violations: 0, decided: 10, upper95: 0.28, tallies: [], searched: [] },
    ...more,
  }
}

/** A record of one cell. */
export function record(n: number, b: number, verdict: Verdict, pass: 0 | 1 = 0): PointRecord {
  const one = cell(n, b, verdict)
  return { subject: one.subject, n, f: one.f, b, pass, cells: [one], metrics: [] }
}
