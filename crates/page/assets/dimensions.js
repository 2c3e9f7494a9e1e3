// The dimensions of a sweep: sets of axes that advance together, and β. Each is drawn by one of its axes.

import { axisLabel, number, symbol } from "./text.js";

/** From the coordinates that a sweep is told with. */
export function dimensionsOf({ axes, beta }) {
  return [...axes, { beta }].map((together) => {
    const of = Object.entries(together).map(([name, values]) => ({ name, values }));
    return { axes: of, length: of[0].values.length, ...drawn(of) };
  });
}

/** The axis that a dimension is drawn by: the first whose numbers all differ, in their order. Where there is none the
 *  positions stand one beside the other, named by all axes that vary. */
function drawn(axes) {
  const differ = ({ values }) => values.every((value) => typeof value === "number") && new Set(values).size === values.length;
  const axis = axes.find(differ);
  const positions = axes[0].values.map((_, i) => i);
  if (axis) {
    const order = positions.sort((a, b) => axis.values[a] - axis.values[b]);
    return { name: axis.name, order, values: order.map((i) => axis.values[i]) };
  }
  const varied = axes.filter(({ values }) => new Set(values).size > 1);
  const told = varied.length > 0 ? varied : axes.slice(0, 1);
  return { name: told[0].name, order: positions, values: positions.map((i) => told.map(({ values }) => number(values[i])).join(", ")) };
}

/** `p₁ = 0.1, ρ₂ = 0.3` for a position of a dimension. */
export function where(dimension, position) {
  return dimension.axes.map(({ name, values }) => `${symbol(name)} = ${number(values[position])}`).join(", ");
}

/** The symbols of all axes of a dimension. */
export const symbols = (dimension) => dimension.axes.map(({ name }) => symbol(name)).join(", ");

/** What transitions call the structure of a cell: `40-40-40-1 branching input`. */
export function structureOf(dimensions, at) {
  const value = (name) => {
    const i = dimensions.findIndex(({ axes }) => axes.some((axis) => axis.name === name));
    return i < 0 ? undefined : dimensions[i].axes.find((axis) => axis.name === name).values[at[i]];
  };
  const instance = value("instance");
  if (instance !== undefined) return (structure) => structure.includes(` instance ${instance} `);
  const own = `${String(value("widths")).replaceAll(",", "-")} ${value("ensemble")} ${value("couplings")}`;
  return (structure) => structure === own;
}

/** What stands beside the axis that a dimension is drawn by. */
export function labelOf({ name, axes }) {
  const others = axes.filter((axis) => axis.name !== name && new Set(axis.values).size > 1).map((axis) => symbol(axis.name));
  return axisLabel(name) + (others.length > 0 ? `  (with ${others.join(", ")})` : "");
}
