import { UsageError } from '../model/index.ts'

/** Where a Redis is. `url` may hold a password; `shown` never does, and is all that is ever printed. */
export interface Address {
  readonly url: string
  readonly shown: string
  readonly isHere: boolean
}

export const DEFAULT_ADDRESS = 'redis://127.0.0.1:6379'
const LOOPBACK = /^(?:localhost|127(?:\.\d+){3}|\[::1\])$/

/**
 * Reads `redis://:PASSWORD@host:port/database`, or `rediss://` for TLS.
 * @throws UsageError for anything else; what was written is not said again, for it may hold a password
 */
export function address(text: string): Address {
  const remedy = `write ${DEFAULT_ADDRESS}, redis://:PASSWORD@HOST:PORT or rediss://… for TLS; TURNCOAT_REDIS is read, too`
  let url: URL
  try {
    url = new URL(text)
  } catch {
    throw new UsageError('the address of Redis is not a URL', remedy)
  }
  if (url.protocol !== 'redis:' && url.protocol !== 'rediss:') {
    throw new UsageError(`the address of Redis begins with ${url.protocol}//`, remedy)
  }
  if (url.hostname === '') throw new UsageError('the address of Redis names no host', remedy)
  const isHere = LOOPBACK.test(url.hostname)
  if (!isHere && url.protocol === 'redis:' && url.password === '') {
    throw new UsageError(
      `${url.host} is another machine, and its Redis would take orders from anybody`,
      'give it a password, redis://:PASSWORD@HOST:PORT, or TLS, rediss://HOST:PORT',
    )
  }
  const path = url.pathname === '/' ? '' : url.pathname
  return { url: text, shown: `${url.protocol}//${url.password === '' ? '' : '…@'}${url.host}${path}`, isHere }
}

/** What is wrong with a server, from what `INFO` says; nothing if it will do. */
export function objection(info: string): { readonly message: string; readonly remedy: string } | undefined {
  const field = (name: string): string | undefined => info.match(new RegExp(`^${name}:(.*?)\\r?$`, 'm'))?.[1]
  const valkey = field('valkey_version')
  const version = valkey ?? field('redis_version') ?? 'unknown'
  if (!(Number.parseInt(version, 10) >= OLDEST)) {
    return { message: `is version ${version}`, remedy: `use Redis ${OLDEST} or later, or Valkey` }
  }
  const policy = field('maxmemory_policy')
  if (field('maxmemory') !== '0' && policy !== 'noeviction') {
    const message = `throws keys away when its memory is full (maxmemory-policy ${policy})`
    return { message, remedy: 'set maxmemory-policy noeviction' }
  }
  return undefined
}

const OLDEST = 7

/** Does it forget everything when it is restarted? */
export function forgets(info: string): boolean {
  return /^aof_enabled:0/m.test(info)
}
