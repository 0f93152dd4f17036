import type { Redis } from 'ioredis'
import { loadOptional, type OptionalPackage, UsageError } from '../model/index.ts'
import { type Address, forgets, objection } from './address.ts'

/** What speaks with a queue, and is installed by whoever has one. */
export const QUEUES: readonly OptionalPackage[] = ['bullmq', 'ioredis']

const PATIENCE = 5_000
/** Milliseconds between attempts to come back: a Redis that is restarted is met again within this. */
const LONGEST_PAUSE = 1_000

/** Options of every connection that outlives a restart of Redis: whatever was asked waits, and is asked again. */
export const LASTING = {
  maxRetriesPerRequest: null,
  connectTimeout: PATIENCE,
  retryStrategy: (times: number): number => Math.min(times * 100, LONGEST_PAUSE),
}

/**
 * A connection to a Redis that will do.
 * @param remark hears of what is no error, and should be known
 * @throws UsageError where there is none, with a reason that holds no password
 */
export async function connected(at: Address, remark: (text: string) => void): Promise<Redis> {
  const { Redis } = await loadOptional('queues', QUEUES, () => import('ioredis'))
  const first = new Redis(at.url, { lazyConnect: true, connectTimeout: PATIENCE, retryStrategy: () => null })
  let why: Error | undefined
  first.on('error', (error: Error) => {
    why ??= error
  })
  try {
    await first.connect()
    const info = await first.info()
    const wrong = objection(info)
    if (wrong) throw new UsageError(`the Redis at ${at.shown} ${wrong.message}`, wrong.remedy)
    if (forgets(info)) {
      remark(`the Redis at ${at.shown} forgets its jobs when it dies (appendonly no): they are then done again`)
    }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw refused(at, why ?? (error as Error))
  } finally {
    first.disconnect()
  }
  const client = new Redis(at.url, LASTING)
  client.on('error', () => {})
  return client
}

function refused(at: Address, error: Error): UsageError {
  const { message } = error
  if (/WRONGPASS|invalid password|invalid username/i.test(message)) {
    return new UsageError(`the Redis at ${at.shown} refuses the password`, 'give the right one in the address')
  }
  if (/NOAUTH|Authentication required/i.test(message)) {
    return new UsageError(`the Redis at ${at.shown} needs a password`, 'write redis://:PASSWORD@HOST:PORT')
  }
  if (/CERT|SSL|TLS|certificate|altnames/i.test(`${(error as NodeJS.ErrnoException).code} ${message}`)) {
    return new UsageError(
      `the Redis at ${at.shown} cannot be trusted: ${((error as NodeJS.ErrnoException).code ?? message).slice(0, 100)}`,
      'let Node know who signed its certificate, NODE_EXTRA_CA_CERTS=FILE; redis:// is for a Redis without TLS',
    )
  }
  const code = (error as NodeJS.ErrnoException).code ?? message.replaceAll(at.url, at.shown).slice(0, 200)
  return new UsageError(`there is no Redis at ${at.shown} (${code})`, 'start one, or give its address with --redis')
}

/**
 * What a Redis says that is there, and will not do what it is asked: its memory or its disk is full, or it may not.
 * Everything else is given back as it is.
 */
export function refusal(error: unknown, { shown }: Pick<Address, 'shown'>): unknown {
  if (!(error instanceof Error) || !/^(?:OOM|MISCONF|READONLY|NOPERM|NOAUTH)\b/.test(error.message)) return error
  return new UsageError(
    `the Redis of ${shown} refuses to go on: ${error.message.slice(0, 200)}`,
    'make room there, in memory and on its disk; what is done is kept, and the same command goes on',
  )
}
