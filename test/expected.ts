import { strategies } from '../src/adversary/index.ts'
import { runHere } from '../src/fuzz/campaign/campaign.ts'
import type { CampaignResult } from '../src/fuzz/campaign/result.ts'
import { choosers } from '../src/fuzz/schedule/choosers.ts'
import type { Configuration, Expectation } from '../src/model/index.ts'
import { registry } from '../src/protocols/index.ts'
import { configure } from '../src/system/index.ts'

const SEED = 1
const MAX_STEPS = 300

/** What a violated row of `expected` is called in file names: its class of defect, or the mutant. */
export function slugOf({ defect, subject }: Expectation): string {
  return (defect ?? subject).replaceAll('/', '-')
}

function inputsOf(inputs: NonNullable<Configuration['inputs']>): string {
  if (inputs === 'any') return inputs
  return (
    Object.entries(inputs)
      .flatMap(([id, values]) => (values.length > 0 ? [`r${id}=${values.join(',')}`] : []))
      .join(';') || 'none'
  )
}

function flagsOf(configuration: Configuration): string[] {
  const { n, f, b, byzantine, crash, restart, clients, values, inputs, auth, network, bounds } = configuration
  const byzantineReplicas = byzantine ? byzantine.join(',') || 'none' : b === 0 ? 'none' : undefined
  const flags: [name: string, value: string | number | undefined][] = [
    ['n', n],
    ['f', f],
    byzantineReplicas === undefined ? ['b', b] : ['byzantine', byzantineReplicas],
    ['crash', crash?.join(',')],
    ['restart', restart?.join(',')],
    ['clients', clients],
    ['values', values?.join(',')],
    ['inputs', inputs && inputsOf(inputs)],
    ['auth', auth],
    [
      'network',
      network &&
        Object.entries(network)
          .flatMap(([name, on]) => (on ? [name] : []))
          .join(','),
    ],
    ...Object.entries(bounds ?? {}),
  ]
  return flags.flatMap(([name, value]) => (value === undefined ? [] : [`--${name} ${value}`]))
}

/** The command line that searches for one row of `expected`. */
export function commandOf({ subject, configuration, claim }: Expectation, runs: number): string {
  const flags = [...flagsOf(configuration), `--claim ${claim}`, `--runs ${runs}`, `--max-steps ${MAX_STEPS}`]
  return ['turncoat fuzz', subject, ...flags, `--seed ${SEED}`].join(' ')
}

/** Every row of `expected`, with what it is about. */
export const rows = registry.flatMap(({ protocol, variants, properties }) =>
  properties.expected.map((row) => {
    const found = [protocol, ...variants].find(({ subject }) => subject === row.subject)!
    return { row, protocol: found, claims: properties.claims }
  }),
)
export type Row = (typeof rows)[number]

/** Can runs show anything of what a row says? Not of a claim that it takes a strategy to break. */
export const isOfRuns = ({ row, claims }: Row): boolean =>
  claims.every((claim) => claim.name !== row.claim || claim.kind !== 'invariant' || claim.forced === undefined)

/** Some runs of the search for what a row says. */
export function campaign(
  { row, protocol, claims }: Row,
  judged: readonly string[],
  firstRun: number,
  runs: number,
): Promise<CampaignResult> {
  return runHere(
    {
      subject: protocol.subject,
      settings: configure(protocol, row.configuration),
      claims: judged,
      ...{ runs, firstRun, seed: SEED, maxSteps: MAX_STEPS },
      // Those of the command that a failure prints.
      strategies: strategies.filter(({ onDemand }) => !onDemand).map(({ name }) => name),
      schedulers: choosers.map(({ name }) => name),
    },
    protocol,
    claims,
  )
}
