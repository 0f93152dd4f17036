/** Every mistake in an object of options is told, before anything is searched, in the words of the command line. */
import { join } from 'node:path'
import { expect, test } from 'vitest'
import * as turncoat from '../../src/index.ts'
import { turncoat as commandLine, emptyFolder } from '../cli/world.ts'

/** What somebody writes who does not look at the types. */
type Anything = any

const { check, fuzz, sweep, simulate, shrink, replay, explain, toMermaid } = turncoat as Anything
const registered = turncoat.registry.find(({ protocol }) => protocol.definition.name === 'bracha')!
const alone = new turncoat.Protocol(registered.protocol.definition)
const trace = join(import.meta.dirname, '../../traces/bracha-deliver-one.json')

async function refusal(ask: () => unknown): Promise<turncoat.UsageError> {
  const error = await (async () => ask())().then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(turncoat.UsageError)
  return error as turncoat.UsageError
}

test.each<[what: string, ask: () => unknown, says: RegExp, suggests: RegExp]>([
  ['an option with a typing mistake', () => check('pbft', { vews: 2 }), /check has no option called vews/, /views\?/],
  ['an option of another command', () => check('pbft', { runs: 2 }), /no option called runs/, /./],
  ['what is about the disk only', () => sweep('bracha', { workers: 2 }), /no option called workers/, /./],
  ['a bound of another protocol', () => check('pbft', { bounds: { rounds: 2 } }), /no bound called rounds/, /views/],
  ['a bound that is none', () => check('bracha', { bounds: { n: 2 } }), /no bound called n/, /needs no bounds/],
  ['null for a number', () => check('pbft', { n: null }), /n is null/, /a number/],
  ['a function for a number', () => fuzz('pbft', { runs: () => 3 }), /runs is a function/, /a number/],
  ['a word for a switch', () => fuzz('pbft', { learn: 'yes' }), /learn is "yes"/, /true or false/],
  ['a value with a comma', () => check('bracha', { values: ['a,b'] }), /values has "a,b" in it/, /without/],
  ['inputs that are no lists', () => check('bracha', { inputs: { 0: 'a' } }), /inputs of 0 is "a"/, /a list/],
  ['a list in a list', () => check('bracha', { crash: [[1]] }), /crash is \[1\]/, /a number/],
  ['options that are none', () => check('bracha', 3), /options is 3/, /an object/],
  ['a signal that is none', () => check('bracha', { signal: true }), /signal is true/, /AbortSignal/],
  ['progress that is no function', () => fuzz('bracha', { onProgress: 1 }), /onProgress is 1/, /a function/],
  ['two answers to one question', () => check('bracha', { b: 1, byzantine: [0] }), /--b and --byzantine/, /one/],
  ['no subject', () => check(undefined), /the subject is undefined/, /defineProtocol/],
  ['a number for a subject', () => check(3), /the subject is 3/, /defineProtocol/],
  ['an object that is no subject', () => check({}), /the subject is \{\}/, /defineProtocol/],
  ['a protocol without claims', () => check(alone), /bracha is given without claims/, /claims/],
  ['claims that are none', () => check(alone, { claims: [{}] }), /entry 1 of the claims is not a claim/, /invariant/],
  [
    'claims of a name',
    () => check('bracha', { claims: [] }),
    /is the name of a subject, which has its own claims/,
    /leave out claims/,
  ],
  ['exports without claims', () => check({ protocol: alone }), /exports no `claims`/, /export const claims/],
  ['a strategy', () => fuzz('bracha', { strategy: 'forgee' }), /no strategy called forgee/, /forge\?/],
  [
    'a strategy of nobody',
    () => simulate('bracha', { b: 0, strategy: 'forge' }),
    /no replica is Byzantine/,
    /byzantine/,
  ],
  ['an option of a simulation', () => simulate('bracha', { dely: 3 }), /no option called dely/, /delay\?/],
  ['a number of executions', () => simulate('bracha', { trials: 0 }), /'--trials <K>' argument '0'/, /docs\/api.md/],
  ['a file that is not there', () => replay('nowhere.json'), /no file nowhere.json/, /path/],
  ['a trace that is none', () => replay({}), /the trace is/, /decode/],
  ['an option of a replay', () => replay(trace, { subjct: 'x' }), /no field called subjct/, /subject\?/],
  ['an option of an explanation', () => explain(trace, { only: 'r1' }), /no field called only/, /./],
  ['a participant', () => toMermaid(trace, { only: ['r9'] }), /no participant r9/, /r0/],
  ['an option of shrink', () => shrink(trace, { maxState: 3 }), /no option called maxState/, /maxStates\?/],
  [
    'a program that is none',
    () => turncoat.stateAfter('bracha' as Anything),
    /the program is "bracha"/,
    /`program` returns/,
  ],
  ['a state that is none', () => turncoat.judge(registered.properties.claims[0]!, {} as Anything), /the state is/, /./],
])('%s', async (_, ask, says, suggests) => {
  const error = await refusal(ask)
  expect(error.message).toMatch(says)
  expect(error.suggestion).toMatch(suggests)
})

test.each<[readonly string[], object]>([
  [['--n', '0'], { n: 0 }],
  [['--n', '4.5'], { n: 4.5 }],
  [['--n', 'four'], { n: 'four' }],
  [['--byzantine', '9'], { byzantine: [9] }],
  [['--byzantine', 'c1'], { byzantine: 'c1' }],
  [['--claim', 'agrement'], { claim: 'agrement' }],
  [['--network', 'fast'], { network: ['fast'] }],
  [['--time', '3x'], { time: '3x' }],
  [['--auth', 'signature'], { auth: 'signature' }],
  [['--max-states', '0'], { maxStates: 0 }],
  [['--without', 'lasy'], { without: 'lasy' }],
  [['--inputs', 'r0=z'], { inputs: { 0: ['z'] } }],
  [['--views', '3'], { views: 3 }],
  [['--clients', '1'], { clients: 1 }],
])('%j is refused in the same words', async (argv, options) => {
  const { code, stderr } = await commandLine(emptyFolder(), ['check', 'bracha', ...argv])
  expect(code).toBe(2)
  const { message, suggestion } = await refusal(() => check('bracha', options))
  // Lines of a terminal end where it does.
  const flat = stderr.replace(/\s+/g, ' ')
  for (const words of [message, suggestion!]) expect(flat).toContain(words.replace(/\s+/g, ' '))
})
