import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Claim, program, type Subject } from '../src/model/index.ts'
import { registry } from '../src/protocols/index.ts'
import { noException } from '../src/system/index.ts'
import { decode, replay } from '../src/trace/index.ts'
import { type RunView, type Viewed, view } from '../src/view/index.ts'

const FOLDER = join(import.meta.dirname, '..', 'traces')

/** A saved trace as a run, with everything that it was made from. */
export interface SavedRun extends Viewed {
  readonly name: string
  readonly subject: Subject
  readonly claim: Claim<any>
  readonly run: RunView
}

const known = new Map<string, Promise<SavedRun>>()

/**
 * A saved trace by its name, without `.json`.
 * @param truths are the claims judged at each step? That takes most of the time
 */
export function savedRun(name: string, truths = false): Promise<SavedRun> {
  const key = `${name} ${truths}`
  const run = known.get(key) ?? read(name, truths)
  known.set(key, run)
  return run
}

async function read(name: string, truths: boolean): Promise<SavedRun> {
  const trace = await decode(readFileSync(join(FOLDER, `${name}.json`), 'utf8'))
  const subject = registry.find(({ protocol }) => protocol.definition.name === trace.protocol)!
  const protocol = [subject.protocol, ...subject.variants].find((one) => one.variantName === trace.variant)!
  const { claims } = subject.properties
  const claim = [...claims, noException].find((one) => one.name === trace.claim)!
  const viewed: Viewed = { trace, program: program(protocol, trace.setting), claims, replayed: replay(trace) }
  return { ...viewed, name, subject, claim, run: view(viewed, { truths: !truths }) }
}

/** The names of all saved traces. */
export const savedNames: readonly string[] = readdirSync(FOLDER)
  .filter((file) => file.endsWith('.json'))
  .map((file) => file.replace(/\.json$/, ''))
  .sort()
