// Runs after `npm install` in a checkout: compiles the packages, so that `npx orrery` starts fast.
// Type errors do not fail the install (`npm run check` judges them); what compiles is emitted all the same.
import { spawnSync } from 'node:child_process'

const windows = process.platform === 'win32'
const { status } = windows
  ? spawnSync('tsc -b', { stdio: 'inherit', shell: true })
  : spawnSync('tsc', ['-b'], { stdio: 'inherit' })
if (status !== 0) process.stderr.write('The build has errors; see `npm run check`.\n')
