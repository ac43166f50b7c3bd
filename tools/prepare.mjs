// Runs after `npm install` in a checkout: compiles the packages, so that `npx orrery` starts fast.
import { spawnSync } from 'node:child_process'

const result = spawnSync('tsc', ['-b'], { stdio: 'inherit', shell: true })
process.exit(result.status ?? 1)
