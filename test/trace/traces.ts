/** Violations built by hand, which the tests of this folder save, spoil and replay. */
import { brachaProperties } from '../../properties/bracha.ts'
import {
  type Configuration,
  defineProtocol,
  invariant,
  match,
  type Protocol,
  program,
  properties,
  type Subject,
  said,
} from '../../src/model/index.ts'
import * as brachaFile from '../../src/protocols/bracha.ts'
import { subject } from '../../src/protocols/subject.ts'
import { configure, type ProvedMessage, type Step } from '../../src/system/index.ts'
import { record, type Trace } from '../../src/trace/index.ts'

export const brachaSubject = subject(brachaFile, brachaProperties)

/** Two VOTEs make a CLAIM, and a CLAIM is believed at once. */
interface Courier {
  state: { voted: boolean; decided: string | null }
  message: { type: 'VOTE'; value: string } | { type: 'CLAIM'; value: string; more?: string[] }
  output: { decided: string }
}

export const courier = defineProtocol<Courier>({
  name: 'courier',
  about: 'Believes whoever shows two votes.',
  rules: () => ({}),
  defaults: () => ({ f: 1, b: 1, bounds: {} }),
  init: () => ({ voted: false, decided: null }),
  input(state, value, ctx) {
    if (state.voted) return
    state.voted = true
    ctx.broadcast({ type: 'VOTE', value })
  },
  upon: {
    VOTE() {},
    CLAIM(state, { value }, ctx) {
      if (state.decided !== null) return
      state.decided = value
      ctx.output({ decided: value })
    },
  },
  proofs: {
    CLAIM: ({ value, more = [] }) => {
      more.forEach((part) => {
        part.trim()
      })
      return said(2, match<Courier['message']>('VOTE', { value }))
    },
  },
})

const oneDecision = invariant<Courier['output'] | { note: never }>(
  { name: 'agreement', about: 'All decide the same.' },
  ({ outputs }) => {
    const values = new Set(outputs.flatMap(({ output }) => ('decided' in output ? [output.decided] : [])))
    return values.size > 1 ? `decided were ${[...values].join(' and ')}` : undefined
  },
)

export const courierSubject: Subject = subject(
  { courier },
  properties<Courier>({ claims: [oneDecision], expected: [] }),
)

/** The registry of these tests. */
export function findSubject(name: string): Subject | undefined {
  return [brachaSubject, courierSubject].find(({ protocol }) => protocol.definition.name === name)
}

function traceOf(
  protocol: Protocol,
  configuration: Configuration,
  steps: readonly Step[],
  rest: Partial<Trace>,
): Trace {
  const setting = configure(protocol, configuration)[0]!
  return {
    turncoat: 2,
    title: 'Built by hand',
    protocol: protocol.definition.name,
    ...(protocol.variantName === undefined ? {} : { variant: protocol.variantName }),
    setting,
    claim: 'agreement',
    origin: {
      command: `turncoat fuzz ${protocol.subject} --n 4 --seed 1`,
      seed: 1,
      run: 0,
      strategy: ['split-brain'],
      scheduler: 'random-walk',
      stepsBeforeShrinking: 40,
    },
    shortest: 'bound reached',
    eager: 'not-found',
    witness: 'r1 decided a, r2 decided b',
    ...rest,
    steps: record(program(protocol, setting), steps),
  }
}

const say = (from: number, type: string, value: string): ProvedMessage => ({ from, message: { type, value } as never })

/** What a replica does if the sender and r3 tell it one story. */
function story(at: number, value: string): Step[] {
  return [
    { at, rule: 'SEND', on: say(0, 'SEND', value) },
    { at, rule: 'ECHO', on: say(0, 'ECHO', value), with: [at, say(3, 'ECHO', value)] },
    { at, rule: 'READY/deliver', on: say(0, 'READY', value), with: [at, say(3, 'READY', value)] },
  ]
}

/** Two Byzantine replicas among four tell r1 and r2 different stories. */
export const overBound = traceOf(
  brachaFile.bracha,
  { n: 4, f: 1, byzantine: [0, 3] },
  [...story(1, 'a'), ...story(2, 'b')],
  { story: 'Each of the two hears a consistent story.\nNeither can tell.', defect: 'bracha/over-bound' },
)

/** One READY is believed: two steps break agreement, one breaks totality. */
const believe = (at: number, value: string): Step => ({ at, rule: 'READY/deliver', on: say(3, 'READY', value) })
const deliverOne = brachaFile.deliverOne
export const split = traceOf(deliverOne, { n: 4, byzantine: [3] }, [believe(1, 'a'), believe(2, 'b')], {})
export const tooLong = traceOf(
  deliverOne,
  { n: 4, byzantine: [3] },
  [believe(1, 'a'), believe(2, 'b'), believe(0, 'a')],
  {},
)
export const partial = traceOf(deliverOne, { n: 4, byzantine: [3] }, [believe(1, 'a')], {
  claim: 'totality',
  witness: 'r1 delivered a, but r0, r2 never will',
})

/** The same where whatever arrives fires at once: a step names no rule. */
export const arriving = traceOf(
  deliverOne,
  { n: 4, byzantine: [3], steps: 'eager' },
  [
    { at: 1, on: say(3, 'READY', 'a') },
    { at: 2, on: say(3, 'READY', 'b') },
  ],
  {},
)

/** The sender's SEND to r1 is lost and r2 stops, before r3 splits the other two. */
export const unlucky = traceOf(
  deliverOne,
  { n: 4, byzantine: [3], crash: [2], network: { lose: true } },
  [
    { at: 0, input: 'a' },
    { at: 1, lose: { from: 0, message: { type: 'SEND', value: 'a' } as never } },
    { at: 2, crash: true },
    believe(0, 'b'),
    believe(1, 'a'),
  ],
  { witness: 'r0 decided b, r1 decided a' },
)

/** Breaks nothing: after healing r1 repeats what it has heard from the coalition, and r2 delivers too. */
export const healing = traceOf(
  brachaFile.deliverFPlus1,
  { n: 4, f: 1, byzantine: [0, 3] },
  [
    { at: 1, rule: 'READY/deliver', on: say(0, 'READY', 'a'), with: [say(3, 'READY', 'a')] },
    { at: 2, rule: 'READY/amplify', on: say(0, 'READY', 'a'), with: [say(3, 'READY', 'a')] },
  ],
  { claim: 'totality', witness: 'r1 delivered a, but r2 never will' },
)

/** A Byzantine r0 adds its own vote to that of r1, and to that of r2. */
const claimed = (value: string, voter: number): ProvedMessage => ({
  ...say(0, 'CLAIM', value),
  proof: { said: [say(0, 'VOTE', value), say(voter, 'VOTE', value)] },
})
export const proved = traceOf(
  courier,
  { n: 4, byzantine: [0] },
  [
    { at: 1, input: 'a' },
    { at: 2, input: 'b' },
    { at: 1, rule: 'CLAIM', on: claimed('a', 1) },
    { at: 2, rule: 'CLAIM', on: claimed('b', 2) },
  ],
  { witness: 'decided were a and b' },
)
