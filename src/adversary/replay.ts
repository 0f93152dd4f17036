import type { Strategy } from './strategy.ts'

export const replayOldMessages: Strategy = {
  name: 'replay',
  about: 'sends old signed messages again; only where the network delivers each message once',
  suits: ({ program }) => program.setting.auth === 'signatures' && !program.setting.network.duplicate,
  plans: () => 1,
  behave: (scene) => ({ hears: (from, message) => [{ from, to: scene.correct, message }] }),
}
