import { type Configuration, type Setting, same } from '../../model/index.ts'
import { commandLine } from '../../report/text/command-line.ts'
import { type PointRecord, traceName } from '../../sweep/cell.ts'
import { examine, type PointViolation, type Task } from '../../sweep/examine.ts'
import type { GridSubject } from '../../sweep/grid.ts'
import type { Trace } from '../../trace/index.ts'
import { traceOf } from '../../trace/violation-trace.ts'
import type { Resolved } from '../subjects/resolved.ts'
import { resolveSubject } from '../subjects/subjects.ts'
import { asOutcome, type ThreadOutcome } from './outcome.ts'

/** What was found at one point, and the files that go with it. */
export interface Looked {
  readonly record: PointRecord
  readonly traces: readonly { readonly name: string; readonly trace: Trace }[]
}

/** Runs on a worker thread. */
export default function lookThere(task: Task): Promise<ThreadOutcome<Looked>> {
  return asOutcome(() => look(task))
}

/** Looks at one point, and writes its violations down as traces. */
export async function look(task: Task): Promise<Looked> {
  return lookAtPoint(task, await resolveSubject(subjectAt(task).found, '/'))
}

/** The same of a subject that is known. */
export function lookAtPoint(task: Task, resolved: Resolved): Looked {
  const { point } = task
  const { record, violations } = examine(task, resolved.protocol, resolved.subject.properties.claims)
  const traces = violations.map((violation) => ({
    name: traceName(point, violation.claim),
    trace: traced(task, resolved, violation),
  }))
  return { record, traces }
}

function subjectAt({ grid, point }: Task): GridSubject {
  return grid.subjects.find(({ subject }) => subject === point.subject)!
}

/** Inputs as a flag says them. */
function inputsOf({ inputs, values, n, clients }: Setting): Configuration['inputs'] {
  const takes = (id: number): boolean => (clients > 0 ? id >= n : id < n)
  if (inputs.every((list, id) => same(list, takes(id) ? values : []))) return 'any'
  return Object.fromEntries(inputs.flatMap((list, id) => (list.length > 0 ? [[id, list]] : [])))
}

function traced(task: Task, { protocol }: Resolved, violation: PointViolation): Trace {
  const { claim, shrunk, found, steps } = violation
  const { setting } = found ?? shrunk
  const { n, f, clients, values, bounds, auth, network, crash, restart } = setting
  const flags = {
    ...{ n, f, byzantine: setting.byzantine.filter((id) => id < n) },
    ...(clients > 0 ? { clients } : {}),
    ...(setting.byzantine.some((id) => id >= n) ? { byzantineClients: setting.byzantine.filter((id) => id >= n) } : {}),
    ...(crash.length > 0 ? { crash } : {}),
    ...(restart ? { restart } : {}),
    ...{ values, auth, network, ...bounds },
    ...(setting.steps === 'lockstep' ? {} : { steps: setting.steps }),
    inputs: inputsOf(setting),
    claim: [claim],
  }
  const { asked, subject: label } = subjectAt(task)
  const subject = asked ?? label
  if (!found)
    return traceOf(protocol, claim, shrunk, {
      command: commandLine('check', subject, flags),
      stepsBeforeShrinking: steps,
    })
  const { run, strategies: strategy, scheduler } = found
  const { seed, maxSteps } = task.grid
  const drawn = { ...(strategy.length > 0 ? { strategy: [...strategy] } : {}), runs: run + 1, seed, maxSteps }
  const command = commandLine('fuzz', subject, { ...flags, ...drawn })
  return traceOf(protocol, claim, shrunk, { command, seed, run, strategy, scheduler, stepsBeforeShrinking: steps })
}
