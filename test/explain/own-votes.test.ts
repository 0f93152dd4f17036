import { expect, test } from 'vitest'
import { others } from '../../src/explain/others.ts'
import { agreement, configure, defineProtocol, match, program, type Setting, type Subject } from '../../src/index.ts'
import { stepFacts } from '../../src/report/text/step-facts.ts'
import { type Step, take } from '../../src/system/index.ts'

/** Everybody votes; who sees enough votes seconds the value, if they are all alike; who sees enough of that decides. */
type Message = { type: 'VOTE'; value: string } | { type: 'SECOND'; value: string | null }

interface TwoRounds {
  state: { voted: boolean; seconded: boolean; done: boolean }
  message: Message
  output: { value: string | null }
  rules: typeof rules
}

const rules = ({ n, f }: Setting) => ({ enough: n - f })
const only = (values: readonly (string | null)[]) => (new Set(values).size === 1 ? values[0]! : null)

const protocol = defineProtocol<TwoRounds>({
  name: 'two-rounds',
  about: 'Votes, and votes on votes.',
  rules,
  defaults: () => ({ f: 1, b: 1, values: ['a', 'b'], inputs: 'any', bounds: {} }),
  init: () => ({ voted: false, seconded: false, done: false }),
  input(state, value, ctx) {
    if (state.voted) return
    state.voted = true
    ctx.broadcast({ type: 'VOTE', value })
  },
  upon: {
    VOTE(state, _, ctx) {
      if (!state.voted || state.seconded) return
      const value = ctx.take(ctx.rules.enough, match<Message>('VOTE', {}), (all) => only(all.map((one) => one.value)))
      state.seconded = true
      ctx.broadcast({ type: 'SECOND', value })
    },
    SECOND(state, _, ctx) {
      if (!state.seconded || state.done) return
      const value = ctx.take(ctx.rules.enough, match<Message>('SECOND', {}), (all) => only(all.map((one) => one.value)))
      state.done = true
      ctx.output({ value })
    },
  },
})
const few = protocol.variant('f-plus-1', ({ f }) => ({ enough: f + 1 }))

const claim = agreement(({ value }: TwoRounds['output']) => (value === null ? undefined : { slot: '', value }))

const [setting] = configure(protocol, { n: 4, byzantine: [1] })
const vote = (value: string) => ({ from: 1, message: { type: 'VOTE', value } })
const second = (from: number, value: string) => ({ from, message: { type: 'SECOND', value } })
/** How r1 breaks the mutant: whom it votes with sees two equal votes, of which none is its own. */
const steps: Step[] = [
  { at: 0, input: 'a' },
  { at: 3, input: 'b' },
  { at: 0, rule: 'VOTE', on: vote('b'), with: [3] },
  { at: 3, rule: 'VOTE', on: vote('b'), with: [0, vote('a')] },
  { at: 0, rule: 'SECOND', on: second(3, 'a'), with: [second(1, 'a')] },
  { at: 3, rule: 'SECOND', on: second(0, 'b'), with: [second(1, 'b')] },
]

test('a replica that needs more votes counts its own, though the schedule does not name it', () => {
  const subject = { protocol, variants: [few], properties: { claims: [claim], bounds: {} } }
  const [other] = others(subject as unknown as Subject, program(few, setting!), claim, steps)
  // r0 takes step 3 with its own vote, sees two values, and seconds none: so r3 has nothing to second, either.
  expect(other).toMatchObject({ subject: 'two-rounds', isBroken: false, refused: { step: 5 } })
  expect(other!.refused!.asked).toBeUndefined()
})

test('a vote that a step rests on is named where it is another one than that which it is on', () => {
  const inFew = program(few, setting!)
  const { systems } = take(inFew, steps)
  const evidence = (i: number) => stepFacts(inFew, i + 1, steps[i]!, systems[i]!, systems[i + 1]!).evidence
  expect(evidence(2)).toEqual(['r3'])
  expect(evidence(3)).toEqual(['VOTE(value a) of r0', 'VOTE(value a) of r1 (Byzantine)'])
})
