import {
  assertClaims,
  assertCounted,
  program as inSetting,
  isLockstep,
  type Program,
  range,
  UsageError,
} from '../../model/index.ts'
import {
  assertKind,
  assertShape,
  FUNCTION,
  type Kind,
  listOf,
  OBJECT,
  oneOf,
  optional,
  whole,
} from '../../model/shape.ts'
import { PROGRAM } from '../../system/index.ts'
import type { Load, Simulated, SimulationRequest } from '../measure/simulated.ts'
import { loses } from '../network/links.ts'
import { assertConditions } from '../request/conditions.ts'
import { nameOfRequest, Simulation } from './simulation.ts'

const LOAD = oneOf(['inputs', 'open', 'closed'])
const REQUEST: { readonly [K in keyof Required<SimulationRequest>]: Kind } = {
  ...{ program: PROGRAM, conditions: OBJECT, seed: whole(0), faults: OBJECT, load: OBJECT, until: OBJECT },
  ...{ claims: optional(listOf(OBJECT)), decides: optional(FUNCTION) },
  ...{ observe: optional(FUNCTION) },
}

/**
 * Runs a program under a virtual clock: one legal schedule of it, in which arrivals fire whatever they enable. Nothing
 * sleeps; the same request gives the same bytes on every machine.
 * @throws UsageError for conditions that no network could have, and for lockstep protocols
 */
export function simulate(request: SimulationRequest): Simulated {
  assertShape('the request', REQUEST, request)
  assertKind('the request: load.kind', LOAD, request.load.kind)
  const { program, conditions, load, until, faults } = request
  const { protocol, setting } = program
  const { claims = [] } = request
  assertClaims(claims, protocol.subject, [protocol])
  assertCounted(claims, setting)
  if (isLockstep(protocol)) {
    throw new UsageError(
      `${protocol.subject} is a lockstep protocol, in which each round takes as long as the timeout: a clock adds nothing`,
      'search it with fuzz or check',
    )
  }
  assertConditions(conditions, setting)
  if (setting.network.fifo && !setting.network.lose && loses(conditions)) {
    throw new UsageError(
      'the network of the setting is first in, first out, and loses nothing, but the conditions lose messages',
      'leave out the loss, or choose --network fifo,lose',
    )
  }
  assertBounds(request)
  for (const { at } of faults.crashes ?? []) {
    if (setting.crash.includes(at)) continue
    throw new UsageError(`replica ${at} may not crash in this setting`, `name it among those that may: --crash ${at}`)
  }
  return new Simulation({ ...request, program: withRequests(program, load), until }).run()
}

function assertBounds({ until, load, seed }: SimulationRequest): void {
  if (!(until.ms >= 0 && until.events >= 0))
    throw new UsageError('a run without an end', 'give until.ms and until.events')
  if (!Number.isSafeInteger(seed) || seed < 0) throw new UsageError(`seed ${seed}`, 'give a whole number from 0')
  if (load.kind === 'inputs') return
  const bad = (value: number, least: number) => !Number.isInteger(value) || value < least
  if (bad(load.requests, 1)) throw new UsageError(`${load.requests} requests`, 'ask for at least one')
  if (load.kind === 'open' && !(load.everyMs >= 0)) throw new UsageError('a load without a pace', 'give everyMs')
  if (load.kind === 'closed' && bad(load.outstanding, 1)) {
    throw new UsageError(`${load.outstanding} requests at a time`, 'let at least one be outstanding')
  }
}

/** The program in the setting that its load makes: every request may be put in by whoever puts in requests. */
export function withRequests(program: Program, load: Load): Program {
  if (load.kind === 'inputs') return program
  const { protocol, setting } = program
  const { n, clients } = setting
  const names = range(load.requests).map(nameOfRequest)
  const takes = (id: number): boolean => (clients > 0 ? id >= n : id < n)
  const inputs = range(n + clients).map((id) => (takes(id) ? names : []))
  return inSetting(protocol, { ...setting, values: [...new Set([...setting.values, ...names])], inputs })
}
