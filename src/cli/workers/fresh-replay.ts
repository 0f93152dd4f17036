import { once } from 'node:events'
import type { Worker } from 'node:worker_threads'
import { canonical, UsageError } from '../../model/index.ts'
import { type Replayed, replay, type Trace } from '../../trace/index.ts'
import { type SavedTrace, type Saving, saveTrace, trySaving } from '../files/trace-files.ts'
import type { Resolved } from '../subjects/resolved.ts'
import type { Io, Output } from '../terminal/io.ts'
import type { FreshRequest } from './fresh-worker.ts'
import { settled, type ThreadOutcome } from './outcome.ts'
import { threadOf } from './thread-of.ts'

/** Steps that are printed of a violation that is not saved. */
const MOST_PRINTED = 50

/** One for all traces of a command: what the first of them leaves behind would only make a later one part. */
const workers = new WeakMap<Io, Worker>()

/**
 * Saves a trace if it can be saved, and if it happens again where no handler has run before. Handlers that keep something outside of their
 * state give violations that exist in this process only: what is left of it is printed.
 * @param before what this command has saved of the same violation: it is replaced
 * @throws UsageError where the run parts there, with the step
 */
export async function saveReplayed(
  trace: Trace,
  resolved: Resolved,
  output: Output,
  out?: string,
  before?: SavedTrace,
): Promise<Saving> {
  await assertHappensAgain(trace, resolved, output)
  return trySaving(() => saveTrace(trace, output.io.cwd, out, before), before)
}

/** @throws UsageError where the run parts in a fresh thread */
export async function assertHappensAgain(trace: Trace, resolved: Resolved, output: Output): Promise<void> {
  const replayed = await freshly(trace, resolved, output.io)
  if (replayed.reproduced) return
  const { setting, claim, witness, steps } = trace
  output.say([
    `violated ${claim}: ${witness}, with n = ${setting.n}, Byzantine ${canonical(setting.byzantine)}; not saved, for it does not happen again:`,
    ...steps.slice(0, MOST_PRINTED).map(({ digest: _, ...step }, i) => `  ${i + 1}. ${canonical(step as never)}`),
    ...(steps.length > MOST_PRINTED ? [`  and ${steps.length - MOST_PRINTED} more`] : []),
  ])
  const { step, why } = replayed.divergence
  throw new UsageError(
    `${resolved.asked}: handlers keep something outside of their state: in a fresh process the run diverges at step ${step}: ${why}`,
    'let handlers use nothing but their arguments: no global variables, no clock, no Math.random; keep it all in the state',
  )
}

/** Ends the thread that was begun for the traces of a command, if one was. */
export async function dismissWorker(io: Io): Promise<void> {
  await workers.get(io)?.terminate()
  workers.delete(io)
}

async function freshly(trace: Trace, { found, file, subject }: Resolved, io: Io): Promise<Replayed> {
  const isBuilt = import.meta.url.endsWith('.js')
  // From TypeScript sources a thread takes a second to start; registered protocols are known to keep nothing.
  if (!isBuilt && file === undefined) return replay(trace, () => subject)
  let worker = workers.get(io)
  if (!worker) {
    worker = threadOf('fresh-worker')
    workers.set(io, worker)
  }
  worker.ref()
  const ending = new AbortController()
  const { signal } = ending
  const died = once(worker, 'exit', { signal }).then(([code]) => {
    throw new UsageError(`${trace.protocol}: its file ends the process with code ${code}`, 'let it define things only')
  })
  died.catch(() => {})
  try {
    worker.postMessage({ trace, found } satisfies FreshRequest)
    const [outcome] = (await Promise.race([once(worker, 'message', { signal }), died])) as [ThreadOutcome<Replayed>]
    return settled(outcome)
  } finally {
    ending.abort()
    // Nothing waits for it any more: the process may end.
    worker.unref()
  }
}
