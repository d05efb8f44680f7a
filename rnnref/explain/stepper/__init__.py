"""Play a cell forward and backward through time, stage by stage: `page.render`."""
