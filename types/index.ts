// The database as a frontend sees it: hand this to supabase-js.
//
//   const supabase = createClient<Database>(url, anonKey)
//
// The generated types know tables, enums, functions and the names of arguments, and say `Json` where a function takes
// or gives JSON; here those have their shapes. A test checks the shapes against what the database answers.
import type { Database as Generated } from "./database.types.js";
import type { Requests } from "./requests.js";
import type { Results } from "./results.js";

type Public = Generated["public"];
type Functions = Public["Functions"];

type ArgsOf<F extends keyof Functions> = F extends keyof Requests
  ? Omit<Functions[F]["Args"], keyof Requests[F]> & Requests[F]
  : Functions[F]["Args"];

type ReturnsOf<F extends keyof Functions> = F extends keyof Results ? Results[F] : Functions[F]["Returns"];

type ShapedFunctions = {
  [F in keyof Functions]: Omit<Functions[F], "Args" | "Returns"> & { Args: ArgsOf<F>; Returns: ReturnsOf<F> };
};

export type Database = { public: Omit<Public, "Functions"> & { Functions: ShapedFunctions } };

/** The name of a function that the Data API serves. */
export type FunctionName = keyof Functions;
/** What a function takes. */
export type Args<F extends FunctionName> = ShapedFunctions[F]["Args"];
/** What a function answers. */
export type Returns<F extends FunctionName> = ShapedFunctions[F]["Returns"];
export type Tables<T extends keyof Public["Tables"]> = Public["Tables"][T]["Row"];
export type Enums<E extends keyof Public["Enums"]> = Public["Enums"][E];

export { Constants, type Json } from "./database.types.js";
export * from "./errors.js";
export type * from "./requests.js";
export type * from "./results.js";
