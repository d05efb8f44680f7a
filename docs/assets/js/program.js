// Runs the programs of rnnref/explain/program.py: NumPy functions as lists of operations.
// A value is {shape, data}: data holds the numbers row by row. No eval; works from file:// and in
// Node. RR.run gives every value of a program by name, RR.unroll a cell over a sequence and back.
(() => {
  const RR = (globalThis.RR ??= {});

  // As numerals.printed writes it: a true minus, no negative zero.
  RR.shown = (x, digits = 2) => {
    const text = x.toFixed(digits);
    return Number(text) === 0 ? text.replace("-", "") : text.replace("-", "\u2212");
  };

  const size = (shape) => shape.reduce((product, n) => product * n, 1);

  // Nested lists, one number, or a value -> a value of the shape that is asked for.
  RR.value = (given, shape, name) => {
    const data = given?.data ?? [given].flat(Infinity);
    if (data.length !== size(shape)) {
      throw new RangeError(`${name} has ${data.length} numbers; the program takes (${shape})`);
    }
    const wrong = data.findIndex((x) => !Number.isFinite(x));
    if (wrong >= 0) throw new RangeError(`${name} holds ${data[wrong]}, which is no finite number`);
    return { shape, data: Float64Array.from(data) };
  };

  // For every entry of a result, where it is read in an operand: axes of length one are repeated.
  const places = (from, into) => {
    const shape = [...Array(into.length - from.length).fill(1), ...from];
    let found = [0];
    for (let axis = 0, stride = size(shape); axis < into.length; axis++) {
      stride /= shape[axis] || 1;
      const step = shape[axis] === 1 ? 0 : stride;
      const next = [];
      for (const place of found) for (let k = 0; k < into[axis]; k++) next.push(place + k * step);
      found = next;
    }
    return found;
  };

  const each = (f) => (shape, a) => a.data.map(f);
  const both = (f) => (shape, a, b) => {
    const left = places(a.shape, shape);
    const right = places(b.shape, shape);
    return Float64Array.from(left, (place, k) => f(a.data[place], b.data[right[k]]));
  };

  // Fold one axis, by default the last.
  const fold = (f, start, last = (x) => x) => (axis = -1) => (shape, a) => {
    const at = axis < 0 ? axis + a.shape.length : axis;
    const n = a.shape[at];
    const step = size(a.shape.slice(at + 1));
    return Float64Array.from({ length: a.data.length / n }, (_, k) => {
      const first = Math.floor(k / step) * n * step + (k % step);
      let sum = start;
      for (let i = 0; i < n; i++) sum = f(sum, a.data[first + i * step]);
      return last(sum, n);
    });
  };
  const along = {
    sum: fold((x, y) => x + y, 0),
    mean: fold((x, y) => x + y, 0, (sum, n) => sum / n),
    max: fold((x, y) => Math.max(x, y), -Infinity),
  };

  const matmul = (shape, a, b) => {
    const left = a.shape.length > 1 ? a.shape : [1, ...a.shape];
    const right = b.shape.length > 1 ? b.shape : [...b.shape, 1];
    const [n, inner, m] = [left.at(-2), left.at(-1), right.at(-1)];
    const batch = shape.slice(0, shape.length - (a.shape.length > 1) - (b.shape.length > 1));
    const first = places(left.slice(0, -2), batch);
    const second = places(right.slice(0, -2), batch);
    const data = new Float64Array(size(shape));
    for (let k = 0, at = 0; k < first.length; k++) {
      for (let i = 0; i < n; i++) {
        for (let j = 0; j < m; j++, at++) {
          for (let l = 0; l < inner; l++) {
            data[at] +=
              a.data[(first[k] * n + i) * inner + l] * b.data[(second[k] * inner + l) * m + j];
          }
        }
      }
    }
    return data;
  };

  const transposed = (shape, a) => {
    const [n, m] = a.shape.slice(-2);
    return a.data.map((_, k) => {
      const [matrix, place] = [k - (k % (n * m)), k % (n * m)];
      return a.data[matrix + (place % n) * m + Math.floor(place / n)];
    });
  };

  const batchsum = (shape, a) => {
    const n = size(shape);
    return Float64Array.from({ length: n }, (_, k) => {
      let sum = 0;
      for (let place = k; place < a.data.length; place += n) sum += a.data[place];
      return sum;
    });
  };

  // Join along the last axis.
  const concat = (shape, ...parts) => {
    const rows = size(shape.slice(0, -1));
    const row = (part, k) => part.data.subarray(k * part.shape.at(-1), (k + 1) * part.shape.at(-1));
    return Float64Array.from(
      Array.from({ length: rows }, (_, k) => parts.map((part) => [...row(part, k)])).flat(2),
    );
  };

  // A new axis of length one moves no number; over an index it repeats them.
  const expand = (shape, a) =>
    size(shape) === a.data.length ? a.data : places(a.shape, shape).map((place) => a.data[place]);

  const where = (shape, condition, ...choices) => {
    const [at, ...from] = [condition, ...choices].map((x) => places(x.shape, shape));
    return Float64Array.from(at, (place, k) => {
      const choice = condition.data[place] ? 0 : 1;
      return choices[choice].data[from[choice][k]];
    });
  };

  const operations = {
    add: both((x, y) => x + y),
    subtract: both((x, y) => x - y),
    multiply: both((x, y) => x * y),
    divide: both((x, y) => x / y),
    power: both((x, y) => x ** y),
    negative: each((x) => -x),
    exp: each(Math.exp),
    log: each(Math.log),
    tanh: each(Math.tanh),
    less_equal: both((x, y) => Number(x <= y)),
    where,
    rows: (shape, a) => a.data,
    T: transposed,
    matmul,
    batchsum,
    concat,
    expand,
  };
  RR.operations = [...Object.keys(operations), ...Object.keys(along)];

  // The value that each operation of a program makes, in order. `forced` holds values by name that
  // are put in place of the computed ones: whatever reads them later reads what was put.
  RR.registers = (program, inputs, forced = {}) => {
    const put = new Map(Object.entries(forced).map(([name, x]) => [program.names[name], [name, x]]));
    if (put.has(undefined)) throw new RangeError(`the program has no ${put.get(undefined)[0]}`);
    const made = [];
    for (const [place, [op, number, ...reads]] of program.ops.entries()) {
      const shape = program.shapes[number];
      if (put.has(place)) {
        const [name, x] = put.get(place);
        made.push(RR.value(typeof x === "number" ? Array(size(shape)).fill(x) : x, shape, name));
      } else if (op === "in") {
        if (!(reads[0] in inputs)) throw new RangeError(`the program needs ${reads[0]}`);
        made.push(RR.value(inputs[reads[0]], shape, reads[0]));
      } else if (op === "const") {
        made.push(RR.value(reads[0], shape, "a constant"));
      } else {
        const [name, axis] = op.split("@");
        const f = operations[name] ?? along[name](axis && Number(axis));
        const data = f(shape, ...reads.map((k) => made[k]));
        made.push({ shape, data: Float64Array.from(data) });
      }
    }
    return made;
  };

  // Every value of a program by name.
  RR.named = (program, made) =>
    Object.fromEntries(Object.entries(program.names).map(([name, place]) => [name, made[place]]));
  RR.run = (program, inputs, forced) => RR.named(program, RR.registers(program, inputs, forced));

  // A cell over a sequence, its loss, and back through time. `cell` has the programs ahead (its step), back and
  // goal (the loss), the names of its states, and in carry what each derivative that arrives at a step
  // is called where it leaves the next one; `given` has the parameters, x (one entry per step), the states
  // before the first step and the target; `forced` what to put, in ahead and in back.
  RR.unroll = (cell, given, forced = {}) => {
    const ahead = [];
    let state = Object.fromEntries(cell.states.map((s) => [`${s}_prev`, given[s]]));
    for (const x of given.x) {
      const inputs = { ...given.params, ...state, x };
      const made = RR.registers(cell.ahead, inputs, forced.ahead);
      const values = { ...inputs, ...RR.named(cell.ahead, made) };
      ahead.push({ made, values });
      state = Object.fromEntries(cell.states.map((s) => [`${s}_prev`, values[s]]));
    }
    const made = RR.registers(cell.goal, { h: state.h_prev, target: given.target });
    const goal = { made, values: RR.named(cell.goal, made) };
    const back = [];
    const none = RR.value(Array(goal.values.dh.data.length).fill(0), goal.values.dh.shape, "dh");
    const carry = Object.entries(cell.carry);
    let arriving = { ...Object.fromEntries(carry.map(([name]) => [name, none])), dh: goal.values.dh };
    for (const { values: step } of [...ahead].reverse()) {
      const inputs = { ...step, ...arriving };
      const made = RR.registers(cell.back, inputs, forced.back);
      const values = { ...RR.named(cell.back, made), ...arriving };
      back.unshift({ made, values });
      arriving = Object.fromEntries(carry.map(([name, source]) => [name, values[source]]));
    }
    return { ahead, goal, back };
  };
})();
