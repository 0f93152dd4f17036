import { type Configuration, type Expectation, properties, type Setting } from '../src/model/index.ts'
import type { Vr } from '../src/protocols/vr.ts'
import { agreement, decided, decidesAfterHealing, integrity } from './claims.ts'

const executed = (output: object) =>
  'decided' in output && 'slot' in output ? { slot: output.slot as number, value: output.decided } : undefined

const nobodyIsByzantine = ({ byzantine }: Setting): boolean => byzantine.length === 0

const at = (views: number, byzantine: number[] = []): Configuration => ({ n: 3, byzantine, bounds: { views } })

const row = (
  name: string,
  configuration: Configuration,
  verdict: Expectation['verdict'],
  claim = 'agreement',
): Expectation => ({ subject: name ? `vr/${name}` : 'vr', configuration, claim, verdict, confidence: 'derived' })

export const vrProperties = properties<Vr>({
  claims: [
    { ...agreement(executed), promised: 'b = 0', promise: nobodyIsByzantine },
    { ...integrity(executed), promised: 'b = 0', promise: nobodyIsByzantine },
    // The first operation, where anybody correct was given one.
    {
      ...decidesAfterHealing(executed, ({ correct, setting }) =>
        correct.some((id) => setting.inputs[id]!.length > 0) ? [1] : [],
      ),
      promised: 'b = 0, and a majority is correct',
      promise: (setting) => nobodyIsByzantine(setting) && 2 * setting.crash.length < setting.n,
    },
    decided(executed),
  ],
  variants: {
    'longest-log': 'A new primary takes the longest log, of whatever view it is.',
    'own-log': 'A new primary goes on with its own log.',
    'all-acknowledge': 'The primary waits until all have an operation.',
  },
  settings: [
    { name: 'byzantine-replica', about: 'One of three replicas misreports its log.', configuration: at(2, [2]) },
  ],
  expected: [
    row('', at(2), 'holds'),
    row('', at(3), 'holds'),
    row('', at(3), 'holds', 'integrity'),
    { ...row('', at(2, [2]), 'violated'), defect: 'vr/byzantine-replica' },
    row('own-log', at(2), 'violated'),
    row('longest-log', at(3), 'violated'),
    row('', at(2), 'holds', 'liveness'),
    row('', { ...at(2), crash: [0] }, 'holds', 'liveness'),
    row('all-acknowledge', { ...at(1), crash: [2] }, 'violated', 'liveness'),
  ],
})
