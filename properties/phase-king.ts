import { type Configuration, type Expectation, properties } from '../src/model/index.ts'
import type { PhaseKing } from '../src/protocols/phase-king.ts'
import { agreement, decided } from './claims.ts'
import { strongValidity } from './strong-validity.ts'

/** One bit, hence one slot without a name. */
const chosen = (output: object) => ('decided' in output ? { slot: '', value: output.decided } : undefined)

const at = (n: number, f = 1): Configuration => ({ n, f, b: f })

const row = (name: string, claim: string, n: number, verdict: Expectation['verdict'] = 'violated'): Expectation => ({
  subject: name ? `phase-king/${name}` : 'phase-king',
  ...{ configuration: at(n), claim, verdict, confidence: 'firm' },
})

export const phaseKingProperties = properties<PhaseKing>({
  claims: [agreement(chosen), strongValidity, decided(chosen)],
  settings: [{ name: 'n-3f', about: 'Three replicas, one of them Byzantine: n > 3f is needed.', configuration: at(3) }],
  variants: {
    'f-phases': 'Stops after f phases.',
    'weak-grade': 'Is sure of a value that f + 1 replicas support.',
  },
  expected: [
    row('', 'agreement', 4, 'holds'),
    row('', 'validity', 4, 'holds'),
    { ...row('', 'validity', 3, 'holds'), configuration: at(3, 0) },
    row('f-phases', 'agreement', 4),
    row('weak-grade', 'agreement', 4),
    { ...row('', 'agreement', 3), defect: 'phase-king/n-3f' },
  ],
})
