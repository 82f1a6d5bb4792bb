import { openStore } from '../../../src/store/open-store.ts';
import { argument, tell, tellError } from './tell.ts';

try {
  openStore(argument(0)).close();
  tell('opened');
} catch (error) {
  tellError(error);
}
