import { parentPort } from 'node:worker_threads'
import { type Replayed, replay, type Trace } from '../../trace/index.ts'
import { resolveSubject } from '../subjects/subjects.ts'
import { asOutcome, type ThreadOutcome } from './outcome.ts'

/** A trace to replay, and the name or the path of its protocol. */
export interface FreshRequest {
  readonly trace: Trace
  readonly found: string
}

/** In this thread every module is loaded anew: what handlers have kept outside of their state is gone. */
parentPort!.on('message', async (request: FreshRequest) => {
  const outcome: ThreadOutcome<Replayed> = await asOutcome(async () => {
    const { subject } = await resolveSubject(request.found, '/')
    return replay(request.trace, () => subject)
  })
  parentPort!.postMessage(outcome)
})
