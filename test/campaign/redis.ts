import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'

/** `TURNCOAT_REDIS_SERVER=valkey-server` tries these tests with Valkey. */
const SERVER = process.env['TURNCOAT_REDIS_SERVER'] ?? 'redis-server'
export const HAS_REDIS = spawnSync(SERVER, ['--version']).status === 0
export const HAS_OPENSSL = spawnSync('openssl', ['version']).status === 0
export const HOW = 'needs redis-server 7 on the PATH: apt-get install redis-server'

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as { port: number }
  await new Promise((done) => server.close(done))
  return port
}

/** A Redis of the test's own, on a private port and in a folder of its own. */
export class OwnRedis {
  readonly folder = mkdtempSync(join(tmpdir(), 'turncoat-redis-'))
  readonly port: number
  readonly #options: readonly string[]
  #process: ChildProcess | undefined
  #beside: string | undefined

  private constructor(port: number, options: readonly string[]) {
    this.port = port
    this.#options = options
  }

  static async start(options: readonly string[] = []): Promise<OwnRedis> {
    const redis = new OwnRedis(await freePort(), options)
    await redis.begin()
    return redis
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`
  }

  /** One that speaks TLS only, with a certificate of its own making, and needs a password. */
  static async startWithTls(password: string): Promise<{ redis: OwnRedis; url: string; certificate: string }> {
    const folder = mkdtempSync(join(tmpdir(), 'turncoat-tls-'))
    const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')]
    const subject = ['-subj', '/CN=turncoat test', '-addext', 'subjectAltName=IP:127.0.0.1']
    const made = spawnSync('openssl', [
      ...['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-keyout', key, '-out', certificate],
      ...subject,
    ])
    if (made.status !== 0) throw new Error(String(made.stderr))
    const files = ['--tls-cert-file', certificate, '--tls-key-file', key, '--tls-ca-cert-file', certificate]
    const only = ['--tls-auth-clients', 'no', '--requirepass', password]
    const port = await freePort()
    const redis = await OwnRedis.start(['--port', '0', '--tls-port', String(port), ...files, ...only])
    redis.#beside = folder
    return { redis, url: `rediss://:${password}@127.0.0.1:${port}`, certificate }
  }

  async begin(): Promise<void> {
    const usual = ['--appendonly', 'yes', '--maxmemory-policy', 'noeviction', '--save', '']
    const at = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder]
    const server = spawn(SERVER, [...at, ...usual, ...this.#options], { stdio: ['ignore', 'pipe', 'inherit'] })
    this.#process = server
    await new Promise<void>((done, fail) => {
      server.stdout.on('data', (text) => String(text).includes('Ready to accept connections') && done())
      server.on('exit', (code) => fail(new Error(`${SERVER} ended with ${code}`)))
    })
  }

  /** Ends it as a power cut would, and brings it back. */
  async killAndRestart(afterwards: number): Promise<void> {
    await ended(this.#process!, 'SIGKILL')
    await sleep(afterwards)
    await this.begin()
  }

  async stop(): Promise<void> {
    if (this.#process) await ended(this.#process, 'SIGKILL')
    for (const folder of [this.folder, this.#beside]) if (folder) rmSync(folder, { recursive: true, force: true })
  }
}

/** Sends a signal, and waits for the end. */
export async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const end = new Promise((done) => child.once('exit', done))
  child.kill(signal)
  await end
}
