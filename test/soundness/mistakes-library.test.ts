import { expect, test } from 'vitest'
import { check } from '../../src/check/check.ts'
import { runHere } from '../../src/fuzz/campaign/campaign.ts'
import { configure, decode, program as inSetting, registry, UsageError } from '../../src/index.ts'
import { shrink } from '../../src/shrink/shrink.ts'
import { CALM, conditions, FAR, SILENT, simulate } from '../../src/simulate/index.ts'
import { replay } from '../../src/trace/index.ts'

/** What somebody writes who does not look at the types. */
type Anything = any

const named = (name: string) => registry.find(({ protocol }) => protocol.definition.name === name)!
const { protocol, properties } = named('bracha')
const claims = properties.claims
const [setting] = configure(protocol, { n: 4, byzantine: [3] })
const program = inSetting(protocol, setting!)
const campaign: Anything = {
  ...{ subject: 'bracha', settings: [setting], claims: ['agreement'], runs: 3, firstRun: 0, seed: 1, maxSteps: 50 },
  ...{ strategies: ['forge'], schedulers: ['pos'] },
}
const simulation: Anything = {
  ...{ program, conditions: CALM, seed: 1, faults: SILENT, load: { kind: 'inputs' }, until: FAR },
}
const checked = (request: Anything) => check({ program, claims, ...request })
const ran = (changes: Anything) => runHere({ ...campaign, ...changes }, protocol, claims)
const configured = (configuration: Anything) => configure(protocol, configuration)

test.each<[what: string, ask: () => unknown, says: RegExp, suggests: RegExp]>([
  ['a pass that is none', () => checked({ without: ['nonsense'] }), /no pass called nonsense/, /quotient/],
  ['a pass with a typing mistake', () => checked({ without: ['forgett'] }), /forgett/, /did you mean forget\?/],
  ['a field of a check', () => checked({ maxState: 3 }), /no field called maxState/, /did you mean maxStates\?/],
  ['a number as text', () => checked({ maxStates: '3' }), /maxStates is "3"/, /whole number/],
  ['no states', () => checked({ maxStates: 0 }), /maxStates is 0/, /whole number from 1/],
  ['no claims', () => checked({ claims: [] }), /no claims/, /those of the protocol/],
  ['claims left out', () => checked({ claims: undefined }), /claims is missing/, /a list/],
  [
    'claims that are none',
    () => checked({ claims: [{ name: 'x' }] }),
    /entry 1 of the claims is not a claim/,
    /invariant/,
  ],
  ['a protocol for a program', () => checked({ program: protocol }), /program is/, /program\(protocol, setting\)/],
  ['nothing at all', () => (check as Anything)(), /the request is undefined/, /object/],
  ['a claim', () => ran({ claims: ['agrement'] }), /no claim of bracha called agrement/, /did you mean agreement\?/],
  ['a guard as a claim', () => ran({ claims: ['decided'] }), /no claim of bracha called decided/, /./],
  ['a strategy', () => ran({ strategies: ['forgee'] }), /no strategy called forgee/, /did you mean forge\?/],
  ['a scheduler', () => ran({ schedulers: ['poss'] }), /no scheduler called poss/, /did you mean pos\?/],
  ['runs left out', () => ran({ runs: undefined }), /runs is missing/, /whole number from 1/],
  ['no runs', () => ran({ runs: 0 }), /runs is 0/, /whole number from 1/],
  ['half a run', () => ran({ runs: 1.5 }), /runs is 1.5/, /whole number/],
  ['a seed below zero', () => ran({ seed: -1 }), /seed is -1/, /whole number from 0/],
  ['a field of a campaign', () => ran({ strategy: ['forge'] }), /no field called strategy/, /strategies/],
  ['no settings', () => ran({ settings: [] }), /no setting/, /configure/],
  ['settings that are none', () => ran({ settings: [{}] }), /settings is/, /configure/],
  ['claims of a campaign left out', () => (runHere as Anything)(campaign, protocol), /claims/, /invariant/],
  ['a name for a protocol', () => (runHere as Anything)(campaign, 'bracha', claims), /protocol is "bracha"/, /./],
  ['a field of a configuration', () => configured({ byzantin: [1] }), /byzantin/, /did you mean byzantine\?/],
  ['n as text', () => configured({ n: '4' }), /n is "4"/, /whole number/],
  ['one id for a list', () => configured({ byzantine: 1 }), /byzantine is 1/, /a list/],
  ['an id as text', () => configured({ crash: ['1'] }), /crash is \["1"\]/, /whole number/],
  ['values in one text', () => configured({ values: 'ab' }), /values is "ab"/, /a list/],
  ['inputs in one text', () => configured({ inputs: { 0: 'a' } }), /inputs of 0 is "a"/, /a list/],
  ['what a network does', () => configured({ network: { loose: true } }), /loose/, /did you mean lose\?/],
  ['a flag of a network as text', () => configured({ network: { lose: 'yes' } }), /lose is "yes"/, /true or false/],
  ['a kind of authentication', () => configured({ auth: 'signature' }), /auth is "signature"/, /signatures/],
  ['a bound as text', () => configure(named('pbft').protocol, { bounds: { views: '2' } } as Anything), /"2"/, /whole/],
  ['no protocol', () => (configure as Anything)('bracha', {}), /protocol is "bracha"/, /defineProtocol/],
  ['a program without a setting', () => (inSetting as Anything)(protocol), /setting is undefined/, /configure/],
  ['an option of shrink', () => shrink(program, claims[0]!, [], { maxState: 3 } as Anything), /maxState/, /maxStates/],
  [
    'no claim to shrink for',
    () => (shrink as Anything)(program, undefined, []),
    /entry 1 of the claims is not a claim/,
    /./,
  ],
  ['steps that are none', () => (shrink as Anything)(program, claims[0], 'x'), /steps is "x"/, /a list/],
  ['a trace that is none', () => (replay as Anything)({}), /the trace is/, /decode/],
  ['a text that is none', () => (decode as Anything)(3), /text of a trace is 3/, /a text/],
  ['a field of a simulation', () => simulate({ ...simulation, loads: 1 }), /loads/, /did you mean load\?/],
  ['a kind of load', () => simulate({ ...simulation, load: { kind: 'input' } }), /kind is "input"/, /inputs/],
  ['a condition', () => conditions({ losss: 1 } as Anything), /losss/, /did you mean loss\?/],
])('the library refuses %s', async (_, ask, says, suggests) => {
  const error = await (async () => ask())().then(
    () => undefined,
    (thrown: unknown) => thrown,
  )
  expect(error).toBeInstanceOf(UsageError)
  expect((error as UsageError).message).toMatch(says)
  expect((error as UsageError).suggestion).toMatch(suggests)
})

test('what is written correctly is not refused', async () => {
  expect(checked({ without: ['lazy'], maxStates: 100_000 }).claims[0]).toMatchObject({ verdict: 'holds' })
  expect((await ran({})).claims).toMatchObject([{ claim: 'agreement' }])
  expect(simulate(simulation).decided).toBeGreaterThan(0)
  expect(conditions({ stabilises: { at: 5, before: { kind: 'uniform', min: 1, max: 2 } } }).loss).toBe(0)
})
