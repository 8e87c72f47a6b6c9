/** Every route under /v1 that needs a caller: what the app serves and what the document describes. */
import type { Route } from '../route.ts';
import { actRoutes } from './acts.ts';
import { callbackRoutes } from './callbacks.ts';
import { controlRoutes } from './controls.ts';
import { definitionRoutes } from './definitions.ts';
import { directoryRoutes } from './directory.ts';
import { directoryEntryRoutes } from './directory-entries.ts';
import { factorRoutes } from './factors.ts';
import { gateRoutes } from './gates.ts';
import { instanceRoutes } from './instances.ts';
import { keyRoutes } from './keys.ts';
import { migrationRoutes } from './migrations.ts';
import { oversightRoutes } from './oversight.ts';
import { proposalRoutes } from './proposals.ts';
import { sessionRoutes } from './sessions.ts';
import { whyRoutes } from './why.ts';

export const allRoutes: readonly Route[] = [
  ...definitionRoutes,
  ...migrationRoutes,
  ...instanceRoutes,
  ...whyRoutes,
  ...gateRoutes,
  ...proposalRoutes,
  ...controlRoutes,
  ...oversightRoutes,
  ...directoryRoutes,
  ...directoryEntryRoutes,
  ...keyRoutes,
  ...callbackRoutes,
  ...actRoutes,
  ...factorRoutes,
  ...sessionRoutes,
];
