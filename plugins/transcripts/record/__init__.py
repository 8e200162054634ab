"""One year of a learner as it is signed: fields, layout, canonical bytes."""
