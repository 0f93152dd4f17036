import { type Configuration, type Expectation, properties } from '../src/model/index.ts'
import type { PhaseQueen } from '../src/protocols/phase-queen.ts'
import { agreement, decided } from './claims.ts'
import { strongValidity } from './strong-validity.ts'

/** One bit, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const at = (n: number, f = 1): Configuration => ({ n, f, b: f })

const row = (claim: string, n: number, verdict: Expectation['verdict'] = 'violated'): Expectation => ({
  subject: 'phase-queen',
  ...{ configuration: at(n), claim, verdict, confidence: 'firm' },
})

export const phaseQueenProperties = properties<PhaseQueen>({
  claims: [agreement(chosen), strongValidity, decided(chosen)],
  settings: [{ name: 'n-4f', about: 'Four replicas, one of them Byzantine: n > 4f is needed.', configuration: at(4) }],
  expected: [
    row('agreement', 5, 'holds'),
    row('validity', 5, 'holds'),
    { ...row('validity', 4, 'holds'), configuration: at(4, 0) },
    { ...row('agreement', 4), defect: 'phase-queen/n-4f' },
    { ...row('validity', 4), defect: 'phase-queen/n-4f' },
  ],
})
