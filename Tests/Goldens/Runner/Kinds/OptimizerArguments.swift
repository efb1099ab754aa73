import Linen
import Optimizers
import Tensor
import Training

/// A number or a schedule; nil if it is absent or null.
func scalarOrSchedule(_ args: Arguments, _ name: String) throws -> (any ScalarOrSchedule)? {
  if let json = args.json(name), let function = json["schedule"]?.text {
    return try schedule(function, Arguments(json["args"], args.values))
  }
  return try args.double(name) as Double?
}

/// The learning rate: a number or a schedule.
func rate(_ args: Arguments) throws -> any ScalarOrSchedule {
  guard let rate = try optionalRate(args) else {
    throw GoldenError("argument learning_rate is missing")
  }
  return rate
}

/// A learning rate that may be left out.
func optionalRate(_ args: Arguments) throws -> (any ScalarOrSchedule)? {
  try scalarOrSchedule(args, "learning_rate")
}

/// The weight decay: a number or a schedule.
func decay(_ args: Arguments, _ absent: Double) throws -> any ScalarOrSchedule {
  try scalarOrSchedule(args, "weight_decay") ?? absent
}

let everything = ParameterMask { _, _ in true }

/// A mask: a truth value for all parameters, or a tree of them; nil if it is absent or null.
func mask(_ args: Arguments, _ name: String = "mask") throws -> ParameterMask? {
  guard let json = args.given(name) else { return nil }
  return ParameterMask { path, _ in
    // The parameters of a case are a tree, or have their names joined by slashes.
    var part: JSON? = json
    for name in path.names.flatMap({ $0.split(separator: "/") }) {
      if part?.bool != nil { break }
      part = part?[String(name)]
    }
    return part?.bool == true
  }
}

/// A key given as a seed or as its data.
func key(_ args: Arguments) throws -> Key {
  if let key = try? args.key("key") { return key }
  return Key(try args.int("key") ?? args.int("seed", 0))
}
